/** The page of one machine. */
import { alertList } from './alert-list.js';
import { fetchAlerts, hasRest } from './api.js';
import { everySecond, now } from './clock.js';
import { h, oncePerFrame, setShown } from './dom.js';
import { machineCharts } from './machine-charts.js';
import { machineHeader } from './machine-header.js';
import { machinePanels } from './machine-panels.js';
import { RecentSamples } from './recent.js';
import { alertTime } from './store.js';
import { machineHref } from './widgets.js';

const DAY_MS = 86_400_000;
const ALERTS_SHOWN = 20;
const STATE_ORDER = { firing: 0, pending: 1, resolved: 2 };

let recent;

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {string} machineId
 * @param {URLSearchParams} parameters `range`, `from` and `to` are those of the charts, `chart` the one to go to
 * @returns {{element: HTMLElement, title: () => string, navigate: (parameters: URLSearchParams) => void, destroy: () => void}}
 */
export function machinePage(store, machineId, parameters) {
  recent ??= new RecentSamples(store);
  const header = machineHeader();
  const alerts = alertsPanel(store, machineId);
  const panels = machinePanels();
  const charts = machineCharts(store, recent.open(machineId), machineId, {
    parameters,
    onWindow(address, settled) {
      const hash = `${machineHref(machineId)}?${address}`;
      // A step of its own for what was chosen; what is dragged would fill the history of the browser.
      if (settled) location.hash = hash;
      else history.replaceState(history.state, '', hash);
    },
  });
  const body = h('div', { class: 'machine-body' }, header.element, alerts.element, charts.element,
    panels.element);
  const empty = h('div', { class: 'empty', data: { testid: 'empty' } });
  const element = h('div', { class: 'page machine', data: { testid: 'machine-page', machine: machineId } }, body, empty);

  function render() {
    const machine = store.machines.get(machineId);
    setShown(body, Boolean(machine));
    setShown(empty, !machine);
    if (!machine) return showAbsence(empty, store, machineId);
    const time = now();
    element.dataset.status = machine.status;
    header.update(machine, time);
    panels.update(machine);
    alerts.update(time);
    charts.tick(time);
    if (element.dataset.begun) return;
    element.dataset.begun = 'true';
    if (parameters.has('chart')) requestAnimationFrame(() => charts.navigate(parameters));
  }

  const request = oncePerFrame(render);
  const stops = [
    store.on('machine', (machine) => machine.id === machineId && request()),
    store.on('machines', request),
    store.on('alerts', request),
    everySecond(request),
    request.cancel,
    charts.destroy,
  ];
  render();
  return {
    element,
    title: () => store.machines.get(machineId)?.hostname ?? machineId,
    navigate: (current) => charts.navigate(current),
    destroy: () => stops.forEach((stop) => stop()),
  };
}

function alertsPanel(store, machineId) {
  const list = alertList(store, { withMachine: false });
  const element = h('section', { class: 'panel', 'aria-label': 'Alerts of this machine', data: { testid: 'machine-alerts' } },
    h('div', { class: 'panel-head' }, h('h2', null, 'Alerts'), h('span', { class: 'hint' }, 'open, and resolved within a day')), list.element);
  let past = [];
  loadPast();

  async function loadPast() {
    if (!(await hasRest())) return;
    past = await fetchAlerts({ machine: machineId, state: 'resolved', from: new Date(now() - DAY_MS).toISOString() }).catch(() => []);
    store.emit('alerts');
  }

  function update(time) {
    const byId = new Map(past.map((alert) => [alert.id, alert]));
    for (const alert of store.alerts.values()) {
      if (alert.machine_id === machineId) byId.set(alert.id, alert);
    }
    const sorted = [...byId.values()]
      .filter((alert) => alert.state !== 'resolved' || time - alertTime(alert) < DAY_MS)
      .sort((a, b) => (STATE_ORDER[a.state] ?? 3) - (STATE_ORDER[b.state] ?? 3) || alertTime(b) - alertTime(a));
    list.update(sorted.slice(0, ALERTS_SHOWN), time);
    setShown(element, sorted.length > 0);
  }

  return { element, update };
}

function showAbsence(element, store, machineId) {
  const state = store.ready ? 'unknown' : 'connecting';
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.replaceChildren(...(store.ready
    ? [h('h1', { class: 'empty-title', tabindex: '-1' }, 'No machine of this name has reported.'),
      h('p', null, h('code', null, machineId)),
      h('p', null, h('a', { href: '#/' }, 'All machines'))]
    : [h('p', null, 'Waiting for the first data…')]));
}
