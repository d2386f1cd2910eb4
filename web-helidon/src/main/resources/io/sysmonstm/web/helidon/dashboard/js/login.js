/** Asks who looks at the page, over whatever is shown; makes the first account where there is none. */
import { logIn, problemsOf, setUp } from './api.js';
import { h } from './dom.js';
import { field, input, problemList } from './forms.js';
import { currentSession, isStranger, keep, loadSession, login, sameViewer, setLogin } from './session.js';

const SHORTEST_PASSWORD = 12;
const LONGEST_PLACE = 512;

/** What became of a login at the OpenID provider, by the word that the gateway puts into the address. */
const REFUSALS = {
  'expired': 'The login took too long, or began in another browser. Try again.',
  'denied': 'The login was cancelled, or the provider does not let you in here.',
  'refused': 'The provider did not confirm who you are. Try again; the audit has the reason.',
  'no-role': 'You are known, but have no role here. Ask an administrator for it.',
  'name-taken': 'Another account has your name. An administrator has to make one for you.',
  'no-admin': 'There would be no administrator. The first one, and the last one, must have the role admin at the provider.',
  'unavailable': 'The provider cannot be reached now. Try again in a moment.',
  'too-many': 'Too many tries from your address. Wait a minute.',
  'failed': 'Logging in at the provider does not work. The log of the gateway has the reason.',
};

/** Waits until whoever looks at the page may see it; at once where no login is needed. */
export async function enter() {
  setLogin(askLogin);
  const refusal = takeRefusal();
  try {
    await loadSession();
  } catch {
    // The server is away or fails: the page says so by itself, and asks again when it is back.
    return;
  }
  if (isStranger()) await login(refusal);
}

/** What an address says that a login came to, in words; the address says it no more. */
function takeRefusal() {
  const word = new URLSearchParams(location.hash.split('?')[1]).get('login');
  if (word === null) return null;
  history.replaceState(null, '', '#/');
  return Object.hasOwn(REFUSALS, word) ? REFUSALS[word] : REFUSALS.failed;
}

/** Shows the dialog; its promise ends when somebody is in. */
function askLogin(refusal) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { class: 'login', 'aria-labelledby': 'login-title', data: { testid: 'login' } });
    const done = async (session) => {
      keep(session);
      await sameViewer();
      dialog.close();
      dialog.remove();
      resolve();
    };
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.append(currentSession().setup_needed ? setupForm(done, refusal) : loginForm(done, refusal));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('.login-elsewhere a, input')?.focus();
  });
}

function loginForm(done, refusal) {
  const name = input({ required: true, maxlength: 64, autocomplete: 'username', data: { testid: 'login-name' } });
  const password = input({ type: 'password', required: true, maxlength: 1024, autocomplete: 'current-password', data: { testid: 'login-password' } });
  return form('Log in', 'Log in', [field('Name', name), field('Password', password)],
    () => logIn(name.value, password.value), done, refusal);
}

/** The way in by the OpenID provider, which leads back to what is shown; null where there is none. */
function elsewhere() {
  const { oidc } = currentSession();
  if (!oidc) return null;
  const place = location.hash.startsWith('#/') && location.hash.length <= LONGEST_PLACE ? `?to=${encodeURIComponent(location.hash)}` : '';
  return h('div', { class: 'login-elsewhere' },
    h('a', { class: 'button primary', href: `api/v1/login/oidc${place}`, data: { testid: 'login-oidc' } }, `Log in with ${oidc}`),
    h('p', { class: 'hint' }, 'or here'));
}

/** The form that makes the first account; on a page of its own too, where no login is needed yet. */
export function setupForm(done, refusal) {
  const needsCode = currentSession().login_required;
  const code = input({ required: true, autocomplete: 'one-time-code', data: { testid: 'setup-code' } });
  const name = input({ required: true, maxlength: 64, autocomplete: 'username', data: { testid: 'setup-name' } });
  const { fields, problem, value } = newPassword('setup');
  return form('First account', 'Make the account', [
    h('p', { class: 'hint is-wide' }, needsCode
      ? 'There is no account yet. The code is in the log of the gateway, on the line setup_code.'
      : 'From then on, whoever looks at this page has to log in.'),
    needsCode ? field('Code from the log', code) : null, field('Name', name), ...fields,
  ], () => setUp(needsCode ? code.value : '', name.value, value()), done, refusal, problem);
}

/** Two fields for a new password, and what is wrong with them. */
export function newPassword(testid) {
  const one = input({ type: 'password', required: true, maxlength: 1024, autocomplete: 'new-password', data: { testid: `${testid}-password` } });
  const again = input({ type: 'password', required: true, maxlength: 1024, autocomplete: 'new-password', data: { testid: `${testid}-again` } });
  return {
    fields: [field('Password', one, `${SHORTEST_PASSWORD} characters or more, of any kind`), field('Password again', again)],
    value: () => one.value,
    clear() {
      one.value = '';
      again.value = '';
    },
    problem() {
      if ([...one.value].length < SHORTEST_PASSWORD) return `The password needs ${SHORTEST_PASSWORD} characters or more.`;
      return one.value === again.value ? null : 'The two passwords differ.';
    },
  };
}

function form(title, action, fields, send, done, refusal, problem = () => null) {
  const problems = problemList('login-problems');
  problems.show(refusal ? [refusal] : []);
  const submit = h('button', { type: 'submit', class: 'button primary', data: { testid: 'login-submit' } }, action);
  return h('form', {
    class: 'form login-form',
    onsubmit: async (event) => {
      event.preventDefault();
      const wrong = problem();
      if (wrong) return problems.show([wrong]);
      submit.disabled = true;
      try {
        done(await send());
      } catch (failure) {
        problems.show(problemsOf(failure));
      }
      submit.disabled = false;
    },
  }, h('h1', { id: 'login-title' }, title), problems.element, elsewhere(), fields, h('div', { class: 'form-actions' }, submit));
}
