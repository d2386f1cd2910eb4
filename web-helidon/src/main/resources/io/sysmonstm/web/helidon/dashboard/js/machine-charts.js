/** The charts of a machine page: loads stored history, appends live samples, and keeps the time window moving. */
import { ApiError, fetchHistory, hasRest } from './api.js';
import { CHARTS, seriesKey } from './chart-specs.js';
import { ChartCard } from './charts.js';
import { now } from './clock.js';
import { h, oncePerFrame, setShown } from './dom.js';
import { HEARTBEAT, explain, gapsOf, gapsOfChart, isWaiting } from './gaps.js';
import { gapList } from './gap-view.js';
import { presetOf, rangeBar } from './ranges.js';
import { ChartData } from './series.js';

const MAX_POINTS = 1000;
const RETRY_MS = 30_000;
const FIRST_SNAPSHOT_MS = 1500;
// Buckets at the right edge are averaged by the browser; the stored ones replace them now and then.
const REFRESH_MS = 5 * 60_000;
// Without samples the window still moves on, so that silence shows as an empty right edge.
const IDLE_REDRAW_MS = 5000;
// What arrives late comes to the stored history only, and to its averages a little later.
const ARRIVING_REFRESH_MS = 10_000;
const SETTLING_MS = 60_000;

/**
 * Creates the section with the range bar and all charts.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {Map} recent live samples of the machine, see RecentSamples
 * @param {string} machineId
 * @param {{range: string, onRange: (key: string) => void}} options
 */
export function machineCharts(store, recent, machineId, { range, onRange }) {
  const state = { preset: presetOf(range), zoom: null, liveOnly: false, silent: false, arrivingUntil: 0, problem: '', loading: true, known: false };
  const bar = rangeBar((preset) => onRange(preset.key), reset, goToLastData);
  const gaps = gapList();
  const heartbeat = { spec: HEARTBEAT, data: new ChartData(HEARTBEAT) };
  const charts = CHARTS.map((spec) => ({ spec, data: new ChartData(spec), card: new ChartCard(spec, { zoom, reset }) }));
  const element = h('section', { class: 'charts-section', 'aria-label': 'Charts', data: { testid: 'charts' } },
    bar.element, gaps.element, h('div', { class: 'charts' }, charts.map(({ card }) => card.element)));
  const request = oncePerFrame(draw);
  let inFlight = new AbortController();
  let retry = 0;
  let lastLoad = 0;
  let lastDraw = 0;

  function visibleWindow() {
    if (state.zoom) return state.zoom;
    const to = now();
    return { from: to - state.preset.ms, to };
  }

  async function load() {
    inFlight.abort();
    clearTimeout(retry);
    const flight = new AbortController();
    inFlight = flight;
    lastLoad = now();
    state.loading = true;
    request();
    state.liveOnly = !(await hasRest());
    if (flight.signal.aborted) return;
    if (state.liveOnly) state.preset = presetOf('15m');
    const window = visibleWindow();
    const problems = await Promise.all([...charts, heartbeat].map((chart) => loadChart(chart, window, flight.signal)));
    if (flight.signal.aborted) return;
    state.problem = problems.find(Boolean) ?? '';
    state.loading = false;
    state.known = true;
    if (state.problem) retry = setTimeout(load, RETRY_MS);
    request();
  }

  /** Loads one chart; answers with what went wrong, in words. Live samples are drawn in any case. */
  async function loadChart({ spec, data }, window, signal) {
    let answers = [];
    let problem = '';
    if (!state.liveOnly) {
      try {
        answers = await Promise.all(spec.metrics.map(({ name }) =>
          fetchHistory(machineId, name, { ...window, maxPoints: MAX_POINTS }, signal)));
      } catch (failure) {
        if (signal.aborted) return '';
        problem = failure instanceof ApiError && failure.status === 404 ? ''
          : 'History is not available at the moment; showing live samples. Trying again…';
      }
    }
    if (signal.aborted) return '';
    // What is drawn already is better than nothing: a failed refresh does not wipe it out.
    if (!problem || !data.lines.size) data.replace(answers, window.to, state.zoom ? new Map() : recent);
    request();
    return problem;
  }

  function draw() {
    lastDraw = now();
    const window = visibleWindow();
    const machine = store.machines.get(machineId);
    // A window that begins after a machine's last word is empty; there must be a way to what came before.
    state.silent = machine?.lastSeen < window.from;
    bar.update(state);
    if (!state.zoom) for (const { data } of [...charts, heartbeat]) data.trim(window.from);
    const until = Math.min(window.to, lastDraw);
    // What is loading looks like a gap.
    const found = state.known ? gapsOfMachine(machine, until) : [];
    if (isWaiting(machine?.value('agent_spool_depth')) || found.some((gap) => gap.cause === 'arriving')) {
      state.arrivingUntil = lastDraw + SETTLING_MS;
    }
    gaps.update(found, lastDraw);
    for (const { spec, data, card } of charts) {
      card.draw(data, window, { loading: state.loading, problem: '', gaps: gapsOfChart([...data.lines.values()], found, until) });
      const reported = spec.metrics.some(({ name }) => machine?.readings(name).length);
      setShown(card.element, reported || data.lines.size > 0 || (state.loading && !machine));
    }
  }

  function gapsOfMachine(machine, until) {
    const lines = [...charts, heartbeat].flatMap(({ data }) => [...data.lines.values()]).filter((line) => line.times.length);
    if (!lines.length) return [];
    const [depth, dropped, boot] = HEARTBEAT.metrics.map(({ name }) => heartbeat.data.lines.get(seriesKey(name)));
    return explain(gapsOf(lines, until), { depth, dropped, boot },
      { waiting: machine?.value('agent_spool_depth') ?? 0, now: lastDraw });
  }

  function choose(preset) {
    state.preset = preset;
    state.zoom = null;
    state.known = false;
    for (const { data } of [...charts, heartbeat]) data.replace([], now(), recent);
    load();
  }

  function zoom(from, to) {
    state.zoom = { from, to };
    state.known = false;
    load();
  }

  function goToLastData() {
    const { lastSeen } = store.machines.get(machineId);
    zoom(lastSeen - state.preset.ms, lastSeen + state.preset.ms / 20);
  }

  function reset() {
    if (state.zoom) choose(state.preset);
  }

  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => charts.forEach(({ card }) => card.recolour());
  scheme.addEventListener('change', recolour);
  const stops = [
    store.on('sample', ({ machine, time }) => {
      if (machine.id !== machineId || state.zoom) return;
      for (const { data } of [...charts, heartbeat]) data.append(machine, time);
      request();
    }),
    // After a snapshot there may be a hole between the last sample and now; what history has of it fills the hole.
    store.on('snapshot', () => {
      if (!state.zoom) load();
    }),
    request.cancel,
    () => clearTimeout(retry),
    () => inFlight.abort(),
    () => scheme.removeEventListener('change', recolour),
    () => charts.forEach(({ card }) => card.destroy()),
  ];

  // Before the first snapshot there are no live samples yet that could join on to the history.
  if (store.ready) load();
  else retry = setTimeout(load, FIRST_SNAPSHOT_MS);
  return {
    element,
    choose: (key) => {
      if (state.zoom || presetOf(key) !== state.preset) choose(presetOf(key));
    },
    tick(time) {
      if (state.zoom || state.loading) return;
      if (time - lastLoad > (time < state.arrivingUntil ? ARRIVING_REFRESH_MS : REFRESH_MS) && !document.hidden) load();
      else if (time - lastDraw > IDLE_REDRAW_MS) request();
    },
    destroy: () => stops.forEach((stop) => stop()),
  };
}
