/** Starts the page: one store, one socket, and the view that the address names. */
import { fetchMachine, hasRest } from './api.js';
import { showAccount } from './account-menu.js';
import { showConnection } from './connection.js';
import { h, setAttribute, setShown } from './dom.js';
import { fleetPage } from './fleet.js';
import { icon } from './icons.js';
import { LiveSocket } from './live.js';
import { enter } from './login.js';
import { followOpenAlerts } from './open-alerts.js';
import { prefer, preferenceEvents } from './prefs.js';
import { followReadiness } from './readiness.js';
import { confirmSession, hasAccess } from './session.js';
import { listenForKeys } from './shortcuts.js';
import { FleetStore } from './store.js';

const store = new FleetStore();
const content = document.getElementById('content');
const breadcrumb = document.getElementById('breadcrumb');
const sections = document.getElementById('sections');
let view = null;
let shownPath = null;

/** `#/machines/web-1?range=1h` as path segments and parameters. */
function readRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { segments: path.split('/').filter(Boolean).map(decode), parameters: new URLSearchParams(query), path };
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function createView({ segments, parameters }) {
  if (segments.length === 0) return fleetPage(store, parameters);
  if (segments[0] === 'machines' && segments.length === 2) {
    // Loaded on first use: the fleet page neither needs the chart library nor waits for it.
    const { machinePage } = await import('./machine.js');
    return machinePage(store, segments[1], parameters);
  }
  // An edge relay shows machines; the other pages would only ask it for what it has not.
  if (!(await hasRest())) return noSuchPage();
  if (segments[0] === 'alerts' && segments.length === 1) {
    const { alertsPage } = await import('./alerts.js');
    return alertsPage(store, parameters);
  }
  if (segments[0] === 'rules' && segments.length === 1) {
    const { rulesPage } = await import('./rules.js');
    return rulesPage(store);
  }
  if ((segments[0] === 'rules' && segments.length === 2) || (segments[0] === 'new-rule' && segments.length === 1)) {
    const { rulePage } = await import('./rule.js');
    return rulePage(store, segments[1] ?? null, parameters);
  }
  if (segments[0] === 'access' && segments.length === 1 && hasAccess()) {
    const { accessPage } = await import('./access.js');
    return accessPage();
  }
  if (segments[0] === 'password' && segments.length === 1 && hasAccess()) {
    const { passwordPage } = await import('./password.js');
    return passwordPage();
  }
  if (segments[0] === 'add-machine' && segments.length === 1) {
    const { addMachinePage } = await import('./add-machine.js');
    return addMachinePage(store);
  }
  return noSuchPage();
}

/** Where a module of the page did not come, as while the server restarts. */
function unloadedPage(failure) {
  console.warn(failure);
  return {
    element: h('div', { class: 'page' }, h('div', { class: 'empty', data: { testid: 'unloaded' } },
      h('h1', { tabindex: '-1' }, 'This page could not be loaded.'),
      h('p', null, h('button', { type: 'button', class: 'button', onclick: () => location.reload() }, 'Reload')))),
    title: () => 'Not loaded',
    destroy() {},
  };
}

function noSuchPage() {
  return {
    element: h('div', { class: 'page' }, h('div', { class: 'empty' },
      h('h1', { tabindex: '-1' }, 'There is no such page.'), h('p', null, h('a', { href: '#/' }, 'All machines')))),
    title: () => 'Not found',
    destroy() {},
  };
}

async function route() {
  const target = readRoute();
  if (target.path === shownPath) return view?.navigate?.(target.parameters);
  const first = shownPath === null;
  shownPath = target.path;
  const next = await createView(target).catch(unloadedPage);
  if (shownPath !== target.path) return next.destroy();
  view?.destroy();
  view = next;
  content.replaceChildren(view.element);
  window.scrollTo(0, 0);
  showTitle();
  // After a click the focus belongs to the new page's heading; on the first load it is the browser's.
  if (!first) content.querySelector('h1')?.focus({ preventScroll: true });
}

function showTitle() {
  if (!view) return;
  const firing = store.firing().length;
  const title = view.title();
  document.title = `${firing ? `(${firing}) ` : ''}${title} · sysmonstm`;
  const [section, one] = readRoute().segments;
  const above = section === 'add-machine' ? ['#/', 'Machines'] : one === undefined ? null : section === 'machines' ? ['#/', 'Machines'] : ['#/rules', 'Rules'];
  showBreadcrumb(above, title);
  for (const link of sections.querySelectorAll('a')) {
    const [of] = link.hash.replace(/^#\/?/, '').split('/');
    setAttribute(link, 'aria-current', of === (section === 'machines' || section === 'add-machine' ? '' : section ?? '') ? 'page' : null);
  }
}

store.on('unknown', async (machine) => {
  // A machine that is new since the snapshot: its frames carry readings, the API knows what it is made of.
  if (!(await hasRest())) return;
  const described = await fetchMachine(machine.id).catch(() => null);
  if (described) {
    machine.merge({ tags: described.tags, resource: described.resource });
    store.emit('machine', machine);
  }
});
store.on('alerts', showTitle);
store.on('machines', showTitle);

showConnection(store, document.getElementById('connection'), document.getElementById('banner'));
document.querySelector('.skip-link').addEventListener('click', (event) => {
  // The address belongs to the router, so the link must not change it.
  event.preventDefault();
  content.focus();
});
const asked = hasRest();
await enter();
// An edge relay has the live view only. Known before anything is shown, it moves nothing.
const rest = await asked;
setShown(sections, rest);
document.documentElement.dataset.rest = String(rest);
followOpenAlerts(store);
showAccount(document.querySelector('.topbar'));
// A socket that is refused or closed may mean that the session is over, which it cannot say itself.
const confirm = () => store.connection.state === 'reconnecting' && confirmSession();
store.on('connection', confirm);
setInterval(confirm, 5000);

/** Left as it is while it says the same: a link that is made anew loses the focus, and clicks. */
function showBreadcrumb(above, title) {
  const said = above ? [...above, title].join('\n') : '';
  if (said === (breadcrumb.dataset.said ?? '')) return;
  breadcrumb.dataset.said = said;
  breadcrumb.replaceChildren(...(above
    ? [h('a', { href: above[0] }, above[1]), h('span', { 'aria-hidden': 'true' }, '/'), h('span', { 'aria-current': 'page' }, title)]
    : []));
}

/** Buttons for what keys do as well. */
function showTools(host) {
  const tool = (name, label, testid, onclick) => h('button', { type: 'button', 'aria-label': label, title: label, data: { testid }, onclick }, icon(name));
  host.append(tool('search', 'Command palette (Ctrl K)', 'open-palette', palette), tool('settings', 'Preferences (,)', 'open-preferences', preferences));
}

async function palette() {
  const [{ openPalette }, rest] = await Promise.all([import('./palette.js'), hasRest()]);
  openPalette(store, rest);
}

const preferences = async () => (await import('./dialogs.js')).openPreferences();
const help = async () => (await import('./dialogs.js')).openHelp();
const theme = () => prefer('theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');

listenForKeys({ palette, help, preferences, theme });
showTools(document.getElementById('tools'));
// In place: a form that is being filled, or a token that is shown once, must outlast a change of the theme.
const restate = () => view?.restate?.();
preferenceEvents.on('change', restate);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restate);
window.addEventListener('hashchange', route);
route();
followReadiness(store);
new LiveSocket(store).start();
