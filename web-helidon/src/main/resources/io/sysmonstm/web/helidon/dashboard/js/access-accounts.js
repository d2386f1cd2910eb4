/** The accounts: who may log in, and as what. */
import { addAccount, changeAccount, deleteAccount, problemsOf } from './api.js';
import { h, keyedChildren, setShown, setText } from './dom.js';
import { field, input, problemList, select, sureButton } from './forms.js';
import { dateAndTime } from './format.js';
import { newPassword } from './login.js';
import { currentSession } from './session.js';

const ROLES = [['viewer', 'viewer: sees everything'], ['admin', 'admin: may do everything']];

/** Creates the panel; `onChange` is called when an account has changed. */
export function accountPanel(onChange) {
  const body = h('tbody');
  const problems = problemList('account-problems');
  const rows = keyedChildren(body, (account) => accountRow(account, onChange, problems));
  const table = accessTable('accounts', ['Name', 'Role', 'Logs in by', 'Since', ''], body);
  const form = accountForm(onChange);
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Accounts' },
      h('div', { class: 'panel-head' }, h('h2', null, 'Accounts')),
      h('div', { class: 'panel-text' }, problems.element), table, form),
    update(accounts) {
      rows.sync(accounts, (account) => account.name);
      setShown(table, accounts.length > 0);
      // The first account is made by a form of its own.
      setShown(form, accounts.length > 0 || !currentSession().setup_needed);
    },
  };
}

/** A table that scrolls by itself where it is wider than the page. */
export function accessTable(testid, titles, body) {
  return h('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': testid },
    h('table', { class: 'data-table access-table', data: { testid } },
      h('thead', null, h('tr', null, titles.map((title) => h('th', { scope: 'col' }, title)))), body));
}

function accountRow(account, onChange, problems) {
  const role = select(ROLES.map(([value]) => value), { 'aria-label': `Role of ${account.name}`, data: { testid: 'account-role' } });
  const how = h('td');
  const since = h('td');
  const act = async (change) => {
    try {
      await change();
      problems.show([]);
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
      onChange();
    }
  };
  role.addEventListener('change', () => act(() => changeAccount(account.name, { role: role.value })));
  const password = input({ type: 'password', autocomplete: 'new-password', maxlength: 1024, 'aria-label': `New password of ${account.name}`, placeholder: 'new password' });
  const reset = h('button', { type: 'button', class: 'button small', onclick: () => act(async () => {
    await changeAccount(account.name, { password: password.value });
    password.value = '';
  }) }, 'Set');
  const remove = sureButton('Delete', 'Really delete?', 'delete-account', () => act(() => deleteAccount(account.name)));
  return {
    element: h('tr', { data: { testid: 'account-row', account: account.name } },
      h('td', null, account.name), h('td', null, role), how, since,
      h('td', { class: 'row-actions' }, password, reset, remove)),
    update(current) {
      role.value = current.role;
      setText(how, current.login);
      setText(since, dateAndTime(Date.parse(current.created_at)));
      // Who logs in at the OpenID provider gets no second way in.
      for (const control of [password, reset]) setShown(control, current.login === 'password');
    },
  };
}

function accountForm(onChange) {
  const name = input({ required: true, maxlength: 64, data: { testid: 'new-account-name' } });
  const role = select(ROLES, { data: { testid: 'new-account-role' } });
  const password = newPassword('new-account');
  const problems = problemList('new-account-problems');
  const details = h('details', { class: 'panel-form', data: { testid: 'new-account' } },
    h('summary', null, 'Add an account'),
    h('form', { class: 'form', onsubmit: send }, field('Name', name), field('Role', role), password.fields, problems.element,
      h('button', { type: 'submit', class: 'button', data: { testid: 'add-account' } }, 'Add')));

  async function send(event) {
    event.preventDefault();
    const wrong = password.problem();
    if (wrong) return problems.show([wrong]);
    try {
      await addAccount({ name: name.value, role: role.value, password: password.value() });
      problems.show([]);
      name.value = '';
      password.clear();
      details.open = false;
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  }

  return details;
}
