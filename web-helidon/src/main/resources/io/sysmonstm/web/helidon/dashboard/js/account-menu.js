/** Who is logged in, at the right of the top bar, and what they can do about it. */
import { logOut } from './api.js';
import { h } from './dom.js';
import { currentSession, hasAccess, may, onSession } from './session.js';

/** Adds the menu to the top bar and keeps it current. */
export function showAccount(topbar) {
  const host = h('div', { class: 'account', data: { testid: 'account' } });
  topbar.append(host);

  function render() {
    const { account, login } = currentSession();
    host.replaceChildren(...(!hasAccess() ? []
      : account ? [menu(account, login !== 'openid')]
      : may('admin') ? [h('a', { href: '#/access', class: 'account-link', data: { testid: 'access-link' } }, 'Access')] : []));
  }

  document.addEventListener('click', (event) => {
    const open = host.querySelector('details[open]');
    if (open && !event.target.closest('summary')) open.open = false;
  });
  onSession(render);
  render();
}

function menu(account, hasPassword) {
  const leave = async (everywhere) => {
    await logOut(everywhere).catch(() => {});
    location.hash = '#/';
    location.reload();
  };
  return h('details', { class: 'account-menu' },
    h('summary', { data: { testid: 'account-name' }, title: 'Account' }, account),
    h('div', { class: 'account-items' },
      may('admin') ? h('a', { href: '#/access', data: { testid: 'access-link' } }, 'Access') : null,
      hasPassword ? h('a', { href: '#/password', data: { testid: 'password-link' } }, 'Change password') : null,
      h('button', { type: 'button', data: { testid: 'log-out' }, onclick: () => leave(false) }, 'Log out'),
      h('button', { type: 'button', data: { testid: 'log-out-everywhere' }, onclick: () => leave(true) }, 'Log out everywhere')));
}
