/** The page of one machine. */
import { alertList } from './alert-list.js';
import { hasRest } from './api.js';
import { everySecond, now } from './clock.js';
import { h, oncePerFrame, setShown } from './dom.js';
import { machineCharts } from './machine-charts.js';
import { machineHeader } from './machine-header.js';
import { machinePanels } from './machine-panels.js';
import { RecentSamples } from './recent.js';
import { alertTime } from './store.js';
import { machineHref } from './widgets.js';

const ALERTS_SHOWN = 20;
const STATE_ORDER = { firing: 0, pending: 1 };
// Open alerts stand above the charts: those are shown once it is known what there is, so that nothing moves.
const ALERTS_PATIENCE_MS = 800;

let recent;

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {string} machineId
 * @param {URLSearchParams} parameters `range`, `from` and `to` are those of the charts, `chart` the one to go to
 * @returns {object} as all pages: `element`, `title`, `destroy`, and where it has them `navigate`, which shows what an address says, and `restate`, which
 *     takes over other preferences
 */
export function machinePage(store, machineId, parameters) {
  recent ??= new RecentSamples(store);
  const header = machineHeader();
  const alerts = alertsPanel(store, machineId);
  const panels = machinePanels();
  const charts = machineCharts(store, recent.open(machineId), machineId, {
    parameters,
    onWindow(address, begins) {
      const hash = `${machineHref(machineId)}?${address}`;
      // One entry for each step: what a drag passes through would fill the history of the browser.
      if (begins) location.hash = hash;
      else history.replaceState(history.state, '', hash);
    },
  });
  const body = h('div', { class: 'machine-body' }, header.element, alerts.element, charts.element,
    panels.element);
  const empty = h('div', { class: 'empty', data: { testid: 'empty' } });
  const element = h('div', { class: 'page machine', data: { testid: 'machine-page', machine: machineId } }, body, empty);

  const opened = now();
  let rest = true;
  hasRest().then((offered) => { rest = offered; });

  function render() {
    const settled = store.alertsLoaded || !rest || now() - opened > ALERTS_PATIENCE_MS;
    const machine = settled ? store.machines.get(machineId) : undefined;
    setShown(body, Boolean(machine));
    setShown(empty, !machine);
    if (!machine) return showAbsence(empty, store.ready && settled, machineId);
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
    restate() {
      request();
      charts.restate();
    },
    destroy: () => stops.forEach((stop) => stop()),
  };
}

/** What is open; what is over is told of below the charts, for the time that they show. */
function alertsPanel(store, machineId) {
  const list = alertList(store, { withMachine: false });
  const element = h('section', { class: 'panel', 'aria-label': 'Alerts of this machine', data: { testid: 'machine-alerts' } },
    h('div', { class: 'panel-head' }, h('h2', null, 'Open alerts')), list.element);

  function update(time) {
    const open = [...store.alerts.values()]
      .filter((alert) => alert.machine_id === machineId && alert.state !== 'resolved')
      .sort((a, b) => (STATE_ORDER[a.state] ?? 2) - (STATE_ORDER[b.state] ?? 2) || alertTime(b) - alertTime(a));
    list.update(open.slice(0, ALERTS_SHOWN), time);
    setShown(element, open.length > 0);
  }

  return { element, update };
}

function showAbsence(element, known, machineId) {
  const state = known ? 'unknown' : 'connecting';
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.replaceChildren(...(known
    ? [h('h1', { class: 'empty-title', tabindex: '-1' }, 'There is no machine of this name.'),
      h('p', null, h('code', null, machineId)),
      h('p', null, h('a', { href: '#/' }, 'All machines'))]
    : [h('p', null, 'Waiting for the first data…')]));
}
