/** The page of who may come in: accounts, tokens of programs, credentials of machines, and what was done. */
import { fetchAccounts, fetchApiTokens, fetchAudit, fetchCredentials, problemsOf } from './api.js';
import { accountPanel } from './access-accounts.js';
import { credentialPanel, tokenPanel } from './access-tokens.js';
import { h, setShown, setText } from './dom.js';
import { field, input } from './forms.js';
import { dateAndTime } from './format.js';
import { setupForm } from './login.js';
import { currentSession, keep } from './session.js';

const MOST_SHOWN = 200;

/** Builds the page. */
export function accessPage() {
  const note = h('p', { class: 'hint panel-text', role: 'status', data: { testid: 'access-note' } });
  const accounts = accountPanel(load);
  const tokens = tokenPanel(load);
  const credentials = credentialPanel(load);
  const audit = auditPanel();
  const element = h('div', { class: 'page', data: { testid: 'access-page' } },
    h('section', { class: 'panel', 'aria-label': 'Access' },
      h('div', { class: 'panel-head' }, h('h1', { tabindex: '-1' }, 'Access')), note),
    currentSession().setup_needed ? firstAccount() : null,
    accounts.element, tokens.element, credentials.element, audit.element);

  async function load() {
    try {
      const [ofAccounts, ofTokens, ofCredentials] = await Promise.all([fetchAccounts(), fetchApiTokens(), fetchCredentials()]);
      accounts.update(ofAccounts);
      tokens.update(ofTokens);
      credentials.update(ofCredentials);
      await audit.load();
      const { login_required: needed, setup_needed: first } = currentSession();
      setText(note, needed ? 'Whoever looks at this page has to log in.'
        : first ? 'Nobody has to log in yet: only this machine reaches the page.' : 'Nobody has to log in: gateway.login is off.');
    } catch (failure) {
      setText(note, problemsOf(failure).join(' '));
    }
  }

  load();
  return { element, title: () => 'Access', restate: load, destroy() {} };
}

function firstAccount() {
  return h('section', { class: 'panel', 'aria-label': 'First account' }, h('div', { class: 'panel-body' }, setupForm((session) => {
    keep(session);
    location.reload();
  })));
}

function auditPanel() {
  const list = h('ul', { class: 'audit', data: { testid: 'audit' } });
  const note = h('p', { class: 'hint panel-text', role: 'status' });
  const filter = input({ type: 'search', placeholder: 'login, web-1, Ada, 10.0.0.7…', data: { testid: 'audit-filter' }, oninput: render });
  let entries = [];

  function render() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = entries.filter((entry) => {
      const text = `${entry.action} ${entry.action.replaceAll('_', ' ')} ${entry.by} ${entry.source} ${entry.subject} ${entry.detail}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    list.replaceChildren(...found.slice(0, MOST_SHOWN).map((entry) => h('li', null,
      h('time', { datetime: entry.at }, dateAndTime(Date.parse(entry.at))), ' ',
      h('strong', null, entry.action.replaceAll('_', ' ')), ` ${entry.subject}`,
      h('span', { class: 'hint' }, ` by ${entry.by}${entry.source ? ` from ${entry.source}` : ''} `),
      entry.detail ? h('code', null, entry.detail) : null)));
    setText(note, entries.length === 0 ? 'Nothing was done yet.' : found.length === 0 ? 'Nothing fits.' : '');
    setShown(list, found.length > 0);
  }

  return {
    element: h('section', { class: 'panel', 'aria-label': 'Audit' },
      h('div', { class: 'panel-head' }, h('h2', null, 'Audit')),
      h('div', { class: 'panel-body' }, field('Show only', filter)), note, list),
    async load() {
      entries = await fetchAudit(undefined, 1000);
      render();
    },
  };
}
