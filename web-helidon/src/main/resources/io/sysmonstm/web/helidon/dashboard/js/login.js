/** Asks who looks at the page, over whatever is shown; makes the first account where there is none. */
import { logIn, problemsOf, setUp } from './api.js';
import { h } from './dom.js';
import { field, input, problemList } from './forms.js';
import { currentSession, isStranger, keep, loadSession, login, setLogin } from './session.js';

const SHORTEST_PASSWORD = 12;

/** Waits until whoever looks at the page may see it; at once where no login is needed. */
export async function enter() {
  setLogin(askLogin);
  try {
    await loadSession();
  } catch {
    // The server is away or fails: the page says so by itself, and asks again when it is back.
    return;
  }
  if (isStranger()) await login();
}

/** Shows the dialog; its promise ends when somebody is in. */
function askLogin() {
  const before = currentSession().account;
  return new Promise((resolve) => {
    const dialog = h('dialog', { class: 'login', 'aria-labelledby': 'login-title', data: { testid: 'login' } });
    const done = (session) => {
      keep(session);
      dialog.close();
      dialog.remove();
      // What is shown may be more than somebody else may see.
      if (before !== null && before !== session.account) location.reload();
      resolve();
    };
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.append(currentSession().setup_needed ? setupForm(done) : loginForm(done));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input')?.focus();
  });
}

function loginForm(done) {
  const name = input({ required: true, maxlength: 64, autocomplete: 'username', data: { testid: 'login-name' } });
  const password = input({ type: 'password', required: true, maxlength: 1024, autocomplete: 'current-password', data: { testid: 'login-password' } });
  const { oidc } = currentSession();
  return form('Log in', 'Log in', [field('Name', name), field('Password', password)],
    () => logIn(name.value, password.value), done,
    oidc ? h('a', { class: 'button', href: `api/v1/login/oidc?to=${encodeURIComponent(location.hash)}`, data: { testid: 'login-oidc' } }, `Log in with ${oidc}`) : null);
}

/** The form that makes the first account; on a page of its own too, where no login is needed yet. */
export function setupForm(done) {
  const needsCode = currentSession().login_required;
  const code = input({ required: true, autocomplete: 'one-time-code', data: { testid: 'setup-code' } });
  const name = input({ required: true, maxlength: 64, autocomplete: 'username', data: { testid: 'setup-name' } });
  const { fields, problem, value } = newPassword('setup');
  return form('First account', 'Make the account', [
    h('p', { class: 'hint is-wide' }, needsCode
      ? 'There is no account yet. The code is in the log of the gateway, on the line setup_code.'
      : 'From then on, whoever looks at this page has to log in.'),
    needsCode ? field('Code from the log', code) : null, field('Name', name), ...fields,
  ], () => setUp(needsCode ? code.value : '', name.value, value()), done, null, problem);
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

function form(title, action, fields, send, done, other, problem = () => null) {
  const problems = problemList('login-problems');
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
  }, h('h1', { id: 'login-title' }, title), fields, problems.element, h('div', { class: 'form-actions' }, submit, other));
}
