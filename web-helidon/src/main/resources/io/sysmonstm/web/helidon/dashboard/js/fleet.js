/** The fleet page: summary, firing alerts, and the machines as table or cards. What it shows is in its address. */
import { UNREAD_ALERTS, alertList } from './alert-list.js';
import { everySecond, now } from './clock.js';
import { h, oncePerFrame, setAttribute, setShown, setText } from './dom.js';
import { fleetState } from './fleet-state.js';
import { fleetTable } from './fleet-table.js';
import { tagChips } from './fleet-tags.js';
import { columnPicker } from './column-picker.js';
import { count } from './format.js';
import { icon } from './icons.js';
import { severityRank, worstSeverity } from './store.js';
import { trendsOf } from './trends.js';

const ALERTS_SHOWN_AT_FIRST = 4;
const ALERTS_WAIT_MS = 4000;
const NO_ALERTS = { count: 0, worst: null };
const NO_ALERT = 'No alert is firing.';

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {URLSearchParams} parameters filters, order and layout
 * @returns {{element: HTMLElement, title: () => string, navigate: (parameters: URLSearchParams) => void, destroy: () => void}}
 */
export function fleetPage(store, parameters) {
  const state = fleetState(parameters);
  const trends = trendsOf(store);
  const summary = summaryStrip(state, changedByHand);
  const alerts = alertPanel(store);
  const table = fleetTable(state, () => state.write());
  const tags = tagChips(state, changedByHand);
  const columns = columnPicker(state, () => {
    state.write();
    table.restate();
  });
  const layout = layoutToggle(state, () => {
    state.write();
    showLayout();
    table.restate();
  });
  const empty = h('div', { class: 'empty', data: { testid: 'empty' } });
  const search = h('input', {
    type: 'search', id: 'fleet-filter', placeholder: 'Filter by name, tag or system', autocomplete: 'off', spellcheck: 'false',
    'aria-keyshortcuts': '/', data: { testid: 'filter', search: 'page' },
    oninput: () => {
      state.text = search.value;
      changedByHand();
    },
  });
  const shown = h('span', { class: 'hint', role: 'status', data: { testid: 'shown-count' } });
  const element = h('div', { class: 'page fleet', data: { testid: 'fleet-page' } },
    h('h1', { class: 'visually-hidden', tabindex: '-1' }, 'Machines'),
    summary.element,
    alerts.element,
    h('section', { class: 'panel fleet-panel', 'aria-label': 'All machines' },
      h('div', { class: 'panel-head' }, h('h2', null, 'Machines'), shown,
        h('div', { class: 'fleet-tools' },
          h('div', { class: 'search' }, h('label', { for: 'fleet-filter', class: 'visually-hidden' }, 'Filter machines'), search),
          layout.element, columns.element,
          h('a', { class: 'button', href: '#/add-machine', data: { testid: 'add-machine' } }, icon('plus'), 'Add a machine'))),
      tags.element, table.element, empty));

  const begun = performance.now();
  const changed = new Map();
  let statuses = new Map();
  let perMachine = () => NO_ALERTS;
  let isTwin = () => false;

  const item = (machine, time) => ({ machine, alerts: perMachine(machine), now: time, trends, twin: isTwin(machine) });

  function changedByHand() {
    state.write();
    render({ keep: false });
  }

  function showLayout() {
    layout.update();
    columns.update();
    setAttribute(element, 'data-layout', state.layout);
  }

  /** What fires stands above the machines: where it, or the names in it, may come at any moment, they wait for it. */
  const settled = () => (store.ready && store.alertsSettled) || performance.now() - begun > ALERTS_WAIT_MS;

  function render({ keep = true } = {}) {
    changed.clear();
    const time = now();
    setAttribute(element, 'data-settled', String(settled()));
    const firing = store.firing();
    perMachine = countByMachine(store, firing);
    const machines = [...store.machines.values()];
    statuses = new Map(machines.map(({ id, status }) => [id, status]));
    isTwin = twins(machines);
    const chosen = machines.filter(state.matcher());
    table.update(chosen.map((machine) => item(machine, time)), store.machines, keep);
    setShown(table.element, chosen.length > 0);
    setText(shown, chosen.length === machines.length ? '' : `${chosen.length} of ${machines.length} shown`);
    const open = store.alertsLoaded ? firing.length : machines.reduce((sum, machine) => sum + perMachine(machine).count, 0);
    summary.update(machines, open, worstSeverity(firing), store.pending().length);
    tags.update(machines);
    alerts.update(store.ready ? firing : [], time, store.ready && settled());
    showEmptyState(empty, store, machines, chosen);
  }

  /** New readings change one row; order and sums follow within a second. A large fleet would not keep up otherwise. */
  function renderChanged() {
    const time = now();
    for (const machine of changed.values()) table.updateRow(item(machine, time));
    changed.clear();
  }

  const request = oncePerFrame(render);
  const requestChanged = oncePerFrame(renderChanged);
  const stops = [
    ...['machines', 'alerts', 'connection'].map((topic) => store.on(topic, request)),
    store.on('machine', (machine) => {
      changed.set(machine.id, machine);
      if (statuses.get(machine.id) === machine.status) requestChanged();
      else request();
    }),
    trends.onFilled(request),
    everySecond(request),
    requestChanged.cancel,
    request.cancel,
    table.destroy,
    alerts.destroy,
  ];

  function navigate(next) {
    state.read(next);
    search.value = state.text;
    showLayout();
    render();
    table.restate();
  }

  search.value = state.text;
  showLayout();
  render();
  return { element, title: () => 'Machines', navigate, restate: request, destroy: () => stops.forEach((stop) => stop()) };
}

function layoutToggle(state, onChange) {
  const buttons = [['table', 'Table'], ['cards', 'Cards']].map(([key, title]) => ({
    key,
    element: h('button', {
      type: 'button', 'aria-label': title, title, data: { testid: `layout-${key}` },
      onclick: () => {
        state.layout = key;
        onChange();
      },
    }, icon(key)),
  }));
  return {
    element: h('div', { class: 'segmented layout-toggle', role: 'group', 'aria-label': 'Layout' }, buttons.map((button) => button.element)),
    update: () => buttons.forEach(({ key, element }) => setAttribute(element, 'aria-pressed', String(state.layout === key))),
  };
}

/** Tells the machines apart whose host name another one has too. */
function twins(machines) {
  const seen = new Map();
  for (const { hostname } of machines) seen.set(hostname, (seen.get(hostname) ?? 0) + 1);
  return ({ hostname }) => seen.get(hostname) > 1;
}

/** Firing alerts per machine. The edge relay cannot be asked for alerts; there the ids that machines carry are counted. */
function countByMachine(store, firing) {
  const found = new Map();
  for (const alert of firing) {
    const entry = found.get(alert.machine_id) ?? { ...NO_ALERTS };
    entry.count++;
    if (severityRank(alert.severity) > severityRank(entry.worst)) entry.worst = alert.severity;
    found.set(alert.machine_id, entry);
  }
  return (machine) => {
    const known = found.get(machine.id) ?? NO_ALERTS;
    const unknown = store.alertsLoaded ? 0 : machine.alertIds.filter((id) => !store.alerts.has(id)).length;
    return unknown ? { count: known.count + unknown, worst: known.worst ?? 'warning' } : known;
  };
}

function summaryStrip(state, onChange) {
  const tiles = ['up', 'stale', 'down'].map((status) => {
    const number = h('span', { class: 'tile-number', data: { testid: `count-${status}` } }, '0');
    const element = h('button', {
      type: 'button', class: 'tile', data: { status },
      onclick: () => {
        state.status = state.status === status ? null : status;
        onChange();
      },
    }, number, ' ', h('span', { class: 'tile-name' }, status));
    return { element, number, status };
  });
  const firingNumber = h('span', { class: 'tile-number', data: { testid: 'count-firing' } }, '0');
  const pendingWords = h('span', { class: 'tile-name', data: { testid: 'count-pending' } });
  const firingTile = h('a', { class: 'tile', href: '#/alerts', data: { status: 'firing' } },
    firingNumber, ' ', h('span', { class: 'tile-name' }, 'firing'), ' ', pendingWords);
  return {
    element: h('section', { class: 'summary', 'aria-label': 'Summary', data: { testid: 'summary' } }, tiles.map((tile) => tile.element), firingTile),
    update(machines, firing, worst, pending) {
      for (const { element, number, status } of tiles) {
        const amount = machines.filter((machine) => machine.status === status).length;
        setText(number, count(amount));
        element.dataset.zero = String(amount === 0);
        setAttribute(element, 'aria-pressed', String(state.status === status));
      }
      setText(firingNumber, count(firing));
      firingTile.dataset.zero = String(firing === 0);
      firingTile.dataset.severity = worst ?? 'warning';
      setText(pendingWords, pending ? `${count(pending)} pending` : '');
    },
  };
}

/** What fires. It keeps the height that it had at first, until somebody wants to see more: news must not move what one is reading. */
function alertPanel(store) {
  const list = alertList(store, { withMachine: true });
  const none = h('p', { class: 'panel-text hint no-alerts' }, NO_ALERT);
  const room = h('div', { class: 'alert-room' }, list.element, none);
  let expanded = false;
  let slots = 0;
  let last = [[], 0, false];
  const more = h('button', {
    type: 'button', class: 'button small', 'aria-expanded': 'false', data: { testid: 'more-alerts' },
    onclick: () => {
      expanded = !expanded;
      slots = 0;
      more.setAttribute('aria-expanded', String(expanded));
      update(...last);
    },
  });
  const element = h('section', { class: 'panel', 'aria-label': 'Firing alerts', data: { testid: 'firing-alerts' } },
    h('div', { class: 'panel-head' }, h('h2', null, 'Firing alerts'), more), room);
  window.addEventListener('resize', forget);

  function forget() {
    slots = 0;
    room.style.height = '';
  }

  function update(firing, time, settled) {
    last = [firing, time, settled];
    const fits = slots || Math.min(ALERTS_SHOWN_AT_FIRST, Math.max(1, firing.length));
    list.update(expanded ? firing : firing.slice(0, fits), time);
    setShown(list.element, firing.length > 0);
    // Where nothing is known of them, nothing is said of them.
    setText(none, store.alertsUnread ? UNREAD_ALERTS : NO_ALERT);
    setShown(none, settled && store.alertsSettled && (firing.length === 0 || store.alertsUnread));
    setShown(more, firing.length > fits || expanded);
    setText(more, expanded ? 'Show fewer' : `Show all ${firing.length}`);
    if (expanded) room.style.height = '';
    else if (settled && !slots && room.offsetHeight) {
      slots = fits;
      room.style.height = `${room.offsetHeight}px`;
    }
  }

  return { element, update, destroy: () => window.removeEventListener('resize', forget) };
}

function showEmptyState(element, store, machines, chosen) {
  const state = chosen.length ? 'none' : machines.length ? 'filtered' : store.ready ? 'no-machines' : 'connecting';
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.replaceChildren(...({
    none: () => [],
    filtered: () => [h('p', null, 'No machine matches the filter.')],
    connecting: () => [h('p', null, 'Waiting for the first data…')],
    'no-machines': () => [
      h('p', { class: 'empty-title' }, 'No machine has reported yet.'),
      h('p', null, h('a', { class: 'button primary', href: '#/add-machine' }, 'Add a machine')),
      h('p', { class: 'hint' }, 'It appears on this page by itself, within one collection interval.'),
    ],
  })[state]());
  setShown(element, state !== 'none');
}
