/** Tokens by which programs call the API, and credentials by which machines send. */
import { addApiToken, problemsOf, revokeApiToken, revokeMachine } from './api.js';
import { accessTable } from './access-accounts.js';
import { h, keyedChildren, setShown, setText } from './dom.js';
import { field, input, problemList, select, sureButton } from './forms.js';
import { dateAndTime } from './format.js';

const SCOPES = [['read', 'read: sees the fleet'], ['enrol', 'enrol: lets machines in'], ['admin', 'admin: may do everything']];
const LENGTHS = [['90d', '90 days'], ['30d', '30 days'], ['365d', '1 year'], ['', 'for ever']];

const time = (text) => (text ? dateAndTime(Date.parse(text)) : '');

/** Creates the panel of tokens; `onChange` is called when one was made or revoked. */
export function tokenPanel(onChange) {
  const body = h('tbody');
  const problems = problemList('token-problems');
  const rows = keyedChildren(body, (token) => tokenRow(token, onChange, problems));
  const none = h('p', { class: 'hint panel-text' }, 'No program calls the API with a token.');
  const table = accessTable('api-tokens', ['Name', 'Id', 'May', 'Made', 'Holds until', ''], body);
  return {
    element: h('section', { class: 'panel', 'aria-label': 'API tokens' },
      h('div', { class: 'panel-head' }, h('h2', null, 'API tokens')), h('div', { class: 'panel-text' }, problems.element),
      none, table, tokenForm(onChange)),
    update(tokens) {
      rows.sync(tokens, (token) => token.id);
      setShown(table, tokens.length > 0);
      setShown(none, tokens.length === 0);
    },
  };
}

function tokenRow(token, onChange, problems) {
  const made = h('td');
  const until = h('td');
  const revoke = sureButton('Revoke', 'Really revoke?', 'revoke-token', async () => {
    try {
      await revokeApiToken(token.id);
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  });
  return {
    element: h('tr', { data: { testid: 'token-row', token: token.id } },
      h('td', null, token.name), h('td', null, h('code', null, `sma_${token.id}_…`)), h('td', null, token.scopes.join(', ')),
      made, until, h('td', { class: 'row-actions' }, revoke)),
    update(current) {
      setText(made, `${time(current.created_at)} by ${current.created_by}`);
      setText(until, current.revoked_at ? `revoked ${time(current.revoked_at)}` : time(current.expires_at) || 'for ever');
      setShown(revoke, !current.revoked_at);
    },
  };
}

function tokenForm(onChange) {
  const name = input({ required: true, maxlength: 64, placeholder: 'grafana, backup script…', data: { testid: 'new-token-name' } });
  const scope = select(SCOPES, { data: { testid: 'new-token-scope' } });
  const length = select(LENGTHS, { data: { testid: 'new-token-for' } });
  const problems = problemList('new-token-problems');
  const made = h('p', { class: 'is-wide secret', hidden: true, role: 'status' });
  const details = h('details', { class: 'panel-form', data: { testid: 'new-token' } },
    h('summary', null, 'Make a token'),
    h('form', { class: 'form', onsubmit: send }, field('What for', name), field('May', scope), field('Holds', length), problems.element, made,
      h('button', { type: 'submit', class: 'button', data: { testid: 'add-token' } }, 'Make')));

  async function send(event) {
    event.preventDefault();
    try {
      const { token } = await addApiToken({ name: name.value, scopes: [scope.value], ...(length.value && { for: length.value }) });
      problems.show([]);
      made.replaceChildren('Shown this once; send it as Authorization: Bearer. ', h('code', { data: { testid: 'new-token-text' } }, token));
      setShown(made, true);
      name.value = '';
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  }

  return details;
}

/** Creates the panel of what machines prove themselves by; `onChange` is called when one was revoked. */
export function credentialPanel(onChange) {
  const body = h('tbody');
  const problems = problemList('credential-problems');
  const rows = keyedChildren(body, (credential) => credentialRow(credential, onChange, problems));
  const none = h('p', { class: 'hint panel-text' }, 'No machine has a credential.');
  const table = accessTable('credentials', ['Machine', 'By', 'Id', 'Issued', 'Holds until', ''], body);
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Machines’ credentials' },
      h('div', { class: 'panel-head' }, h('h2', null, 'Machines’ credentials')), h('div', { class: 'panel-text' }, problems.element), none, table),
    update(credentials) {
      rows.sync(credentials, (credential) => credential.id);
      setShown(table, credentials.length > 0);
      setShown(none, credentials.length === 0);
    },
  };
}

function credentialRow(credential, onChange, problems) {
  const issued = h('td');
  const until = h('td');
  const revoke = sureButton('Revoke', 'Cut this machine off?', 'revoke-machine', async () => {
    try {
      await revokeMachine(credential.machine_id);
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  });
  return {
    element: h('tr', { data: { testid: 'credential-row', machine: credential.machine_id } },
      h('td', null, credential.machine_id), h('td', null, credential.kind), h('td', null, h('code', null, credential.id)),
      issued, until, h('td', { class: 'row-actions' }, revoke)),
    update(current) {
      setText(issued, time(current.issued_at));
      setText(until, current.revoked_at ? `revoked ${time(current.revoked_at)}` : time(current.expires_at));
      setShown(revoke, !current.revoked_at);
    },
  };
}
