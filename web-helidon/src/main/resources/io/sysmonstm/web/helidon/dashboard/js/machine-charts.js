/** The charts of a machine page: which time they show, what is loaded for it, and live samples at the right edge. */
import { fetchAlerts, hasRest } from './api.js';
import { CHARTS, seriesKey } from './chart-specs.js';
import { ChartLoader, questionOf } from './chart-loader.js';
import { ChartCard } from './charts.js';
import { now } from './clock.js';
import { h, oncePerFrame, setShown, setText } from './dom.js';
import { eventList } from './event-view.js';
import { eventsOfChart, firingsOf, rebootsOf } from './events.js';
import { HEARTBEAT, explain, gapsOf, gapsOfChart, isWaiting } from './gaps.js';
import { gapList } from './gap-view.js';
import { rangeBar } from './ranges.js';
import { ChartData } from './series.js';
import { SharedCursor } from './shared-cursor.js';
import { TimeWindow } from './time-window.js';
import { machineHref } from './widgets.js';

const RETRY_MS = 30_000;
const FIRST_SNAPSHOT_MS = 1500;
// While a window is being moved, what it shows changes with every step.
const SETTLE_MS = 200;
// Buckets at the right edge are averaged by the browser; the stored ones replace them now and then.
const REFRESH_MS = 5 * 60_000;
// What arrives late comes to the stored history only, and to its averages a little later.
const ARRIVING_REFRESH_MS = 10_000;
const SETTLING_MS = 60_000;
const ALERTS_REFRESH_MS = 2000;
// The window moves on by as much as can be seen, and no more often than this.
const STEP_MS = 1000;
const CHART_PX = 400;
const NEARLY_NOW_MS = 1000;
const EARLY = '240px';

/**
 * Creates the section with the range bar and all charts.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {Map} recent live samples of the machine, see RecentSamples
 * @param {string} machineId
 * @param {{parameters: URLSearchParams, onWindow: (address: string, begins: boolean) => void}} options `onWindow` is told
 *     what an address has to say to show the same again, and whether that begins a step which can be undone
 */
export function machineCharts(store, recent, machineId, { parameters, onWindow }) {
  const window = new TimeWindow(parameters);
  const cursor = new SharedCursor();
  const loader = new ChartLoader(machineId);
  const state = { liveOnly: false, arrivingUntil: 0, begun: false, gone: false, firings: [], gaps: [] };
  const spoken = h('p', { class: 'visually-hidden', role: 'status', data: { testid: 'read-out' } });
  const bar = rangeBar({ choose, live, shift: (part) => stepped(() => window.shift(part)), scale: (factor) => stepped(() => window.scale(factor, NaN)), lastData });
  const gaps = gapList();
  const events = eventList();
  const heartbeat = { spec: HEARTBEAT, data: new ChartData(HEARTBEAT) };
  const charts = CHARTS.map((spec) => {
    const data = new ChartData(spec);
    const view = { window, cursor, moved, reset: live, say: (words) => setText(spoken, words), menu: () => menuOf(spec, data) };
    return { spec, data, card: new ChartCard(spec, view), inView: false };
  });
  const element = h('section', { class: 'charts-section', 'aria-label': 'Charts', data: { testid: 'charts' } },
    bar.element, h('div', { class: 'charts' }, charts.map(({ card }) => card.element)), gaps.element, events.element, spoken);
  const request = oncePerFrame(draw);
  const watch = new IntersectionObserver(seen, { rootMargin: EARLY });
  let retry = 0;
  let settle = 0;
  let alertsTimer = 0;
  let lastLoad = 0;
  let lastDraw = 0;
  let eventsAsked = 0;

  /** Asks anew for all that is in view. */
  async function load() {
    clearTimeout(retry);
    clearTimeout(settle);
    lastLoad = now();
    state.liveOnly = !(await hasRest());
    if (state.gone) return;
    if (state.liveOnly && window.preset.key !== '15m') window.keepToLive();
    state.begun = true;
    loader.invalidate();
    loadEvents();
    loadInView();
  }

  function loadInView() {
    if (!state.begun) return;
    if (state.liveOnly) {
      for (const { data } of [...charts, heartbeat]) data.replace([], now(), recent);
      return request();
    }
    const shown = window.current();
    const waiting = [heartbeat, ...charts.filter(({ inView }) => inView)].map((chart) =>
      loader.load(chart, shown, () => (window.fixed ? new Map() : recent)).then((changed) => changed && request()));
    request();
    Promise.all(waiting).then(() => {
      if (!loader.problem) return;
      clearTimeout(retry);
      retry = setTimeout(load, RETRY_MS);
      request();
    });
  }

  function seen(entries) {
    for (const { target, isIntersecting } of entries) charts.find(({ card }) => card.element === target).inView = isIntersecting;
    loadInView();
  }

  async function loadEvents() {
    if (!state.begun || state.liveOnly) return;
    const question = ++eventsAsked;
    const { from, to } = window.current();
    const alerts = await fetchAlerts({ machine: machineId, from: new Date(from).toISOString(), to: new Date(to).toISOString() }).catch(() => null);
    // What was asked for last is what is shown, whichever answer comes last.
    if (!alerts || state.gone || question !== eventsAsked) return;
    state.firings = firingsOf(alerts, now());
    request();
  }

  function draw() {
    if (state.gone) return;
    lastDraw = now();
    const shown = window.current();
    const machine = store.machines.get(machineId);
    // A window that begins after a machine's last word is empty; there must be a way to what came before.
    bar.update({ ...state, preset: window.preset, fixed: window.fixed, problem: loader.problem,
      silent: machine?.lastSeen < shown.from, atEnd: !window.fixed || shown.to >= lastDraw - NEARLY_NOW_MS });
    if (!window.fixed) for (const { data } of [...charts, heartbeat]) data.trim(shown.from);
    const until = Math.min(shown.to, lastDraw);
    // What is loading looks like a gap: until everything in view is there, those hold that were found before.
    if (state.begun && !loader.busy) state.gaps = gapsOfMachine(machine, until);
    const found = state.gaps;
    if (isWaiting(machine?.value('agent_spool_depth')) || found.some((gap) => gap.cause === 'arriving')) {
      state.arrivingUntil = lastDraw + SETTLING_MS;
    }
    gaps.update(found, lastDraw);
    const boot = heartbeat.data.lines.get(seriesKey('boot_time'));
    const happened = [...rebootsOf(boot, lastDraw), ...state.firings.map((event) => (event.open ? { ...event, to: lastDraw } : event))]
      .filter(({ from, to }) => to >= shown.from && from <= shown.to);
    events.update(happened);
    const unknown = !machine?.byMetric.size;
    for (const { spec, data, card, inView } of charts) {
      const reported = spec.metrics.some(({ name }) => machine?.readings(name).length);
      setShown(card.element, reported || unknown || data.lines.size > 0);
      if (!inView) continue;
      const loading = !state.liveOnly && !loader.isCurrent({ data });
      card.draw(data, shown, {
        loading, events: eventsOfChart(happened, spec),
        gaps: loading || spec.kind === 'heat' ? found : gapsOfChart([...data.lines.values()], found, until),
      });
    }
  }

  function gapsOfMachine(machine, until) {
    const current = state.liveOnly ? charts : charts.filter((chart) => loader.isCurrent(chart));
    const lines = [heartbeat, ...current].filter(({ spec }) => spec.kind !== 'heat')
      .flatMap(({ data }) => [...data.lines.values()]).filter((line) => line.times.length);
    if (!lines.length) return [];
    const [depth, dropped, boot] = HEARTBEAT.metrics.map(({ name }) => heartbeat.data.lines.get(seriesKey(name)));
    return explain(gapsOf(lines, until), { depth, dropped, boot },
      { waiting: machine?.value('agent_spool_depth') ?? 0, now: lastDraw });
  }

  /** The window is being moved, or was: it is shown at once with what there is, and loaded when it rests. */
  function moved(begins) {
    request();
    onWindow(window.address(), begins);
    clearTimeout(settle);
    settle = setTimeout(load, SETTLE_MS);
  }

  function stepped(change) {
    change();
    onWindow(window.address(), true);
    load();
  }

  function choose(preset) {
    stepped(() => window.follow(preset));
  }

  function live() {
    if (window.fixed) choose(window.preset);
  }

  function lastData() {
    const { lastSeen } = store.machines.get(machineId);
    stepped(() => window.show(lastSeen - window.preset.ms, lastSeen + window.preset.ms / 20));
  }

  function menuOf(spec, data) {
    const { from, to } = window.current();
    const address = new URL(`${machineHref(machineId)}?${new URLSearchParams({
      from: new Date(from).toISOString(), to: new Date(to).toISOString(), range: window.preset.key, chart: spec.id })}`, location.href).href;
    const present = state.liveOnly ? [] : [...data.lines.values()].map((line) => line.metric);
    return { machine: machineId, question: questionOf(spec, {}, { from, to }), address, present: new Set(present) };
  }

  charts.forEach(({ card }) => watch.observe(card.element));
  const stops = [
    store.on('sample', ({ machine, time }) => {
      if (machine.id !== machineId || window.fixed) return;
      const { from } = window.current();
      for (const { data } of [...charts, heartbeat]) {
        data.append(machine, time);
        // A hidden page is not drawn, and would else keep all there ever was.
        data.trim(from);
      }
      request();
    }),
    // After a snapshot there may be a hole between the last sample and now; what history has of it fills the hole.
    store.on('snapshot', () => {
      if (!window.fixed || !state.begun) load();
    }),
    store.on('alerts', () => {
      clearTimeout(alertsTimer);
      alertsTimer = setTimeout(loadEvents, ALERTS_REFRESH_MS);
    }),
    request.cancel,
    () => [retry, settle, alertsTimer].forEach(clearTimeout),
    () => loader.cancel(),
    () => watch.disconnect(),
    () => charts.forEach(({ card }) => card.destroy()),
  ];

  // Before the first snapshot there are no live samples yet that could join on to the history.
  if (store.ready) load();
  else retry = setTimeout(load, FIRST_SNAPSHOT_MS);
  return {
    element,
    /** Shows what an address says. */
    navigate(current) {
      if (window.read(current)) load();
      const chart = charts.find(({ spec }) => spec.id === current.get('chart'));
      chart?.card.element.scrollIntoView({ block: 'center' });
    },
    /** Takes over other colours, units and clocks. */
    restate() {
      charts.forEach(({ card }) => card.restate());
      loadEvents();
      request();
    },
    tick(time) {
      if (window.fixed || !state.begun || document.hidden) return;
      if (time - lastLoad > (time < state.arrivingUntil ? ARRIVING_REFRESH_MS : REFRESH_MS)) load();
      else if (time - lastDraw >= Math.max(STEP_MS, window.pixelMs(CHART_PX))) request();
    },
    destroy() {
      state.gone = true;
      stops.forEach((stop) => stop());
    },
  };
}
