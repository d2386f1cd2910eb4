/** Brings stored history into the charts that are in view, a few questions at once, and no longer than they are wanted. */
import { ApiError, fetchHistory } from './api.js';
import { HistoryQueue } from './history-queue.js';

const AT_ONCE = 4;
const MAX_POINTS = 1000;
// A heat map has a row for each core, and no more than a few hundred columns are told apart.
const HEAT_POINTS = 240;
const TROUBLE = 'History is not available at the moment; showing live samples. Trying again…';

/** What is asked of history for a chart. */
export function questionOf(spec, metric, { from, to }) {
  const aggregate = metric.aggregate ?? (spec.kind || spec.id === 'heartbeat' ? undefined : 'avg,min,max');
  return { from, to, maxPoints: spec.kind === 'heat' ? HEAT_POINTS : MAX_POINTS, ...(aggregate && { aggregate }) };
}

export class ChartLoader {
  #machine;
  #queue = new HistoryQueue(AT_ONCE);
  #flights = new Map();
  #loaded = new Map();
  #version = 0;
  problem = '';

  /** @param {string} machine */
  constructor(machine) {
    this.#machine = machine;
  }

  /** Makes all that was loaded, or is on its way, out of date. */
  invalidate() {
    this.#version++;
    this.problem = '';
  }

  /** Whether a chart shows what was asked for last. */
  isCurrent(chart) {
    return this.#loaded.get(chart.data) === this.#version;
  }

  get busy() {
    return this.#flights.size > 0;
  }

  /**
   * Loads a chart, unless it is current or on its way.
   *
   * @param {{spec: object, data: import('./series.js').ChartData}} chart
   * @param {{from: number, to: number}} window
   * @param {() => Map} recent the live samples to go on with, by series key
   * @returns {Promise<boolean>} whether something has changed
   */
  async load(chart, window, recent) {
    const version = this.#version;
    if (this.isCurrent(chart) || this.#flights.get(chart)?.version === version) return false;
    this.#flights.get(chart)?.abort.abort();
    const flight = { version, abort: new AbortController() };
    const { signal } = flight.abort;
    this.#flights.set(chart, flight);
    let answers = [];
    let problem = '';
    try {
      answers = await Promise.all(chart.spec.metrics.map((metric) =>
        this.#queue.run(() => fetchHistory(this.#machine, metric.name, questionOf(chart.spec, metric, window), signal), signal)));
    } catch (failure) {
      // One that fails takes those of the same chart along.
      flight.abort.abort();
      problem = failure instanceof ApiError && failure.status === 404 ? '' : TROUBLE;
    }
    if (this.#flights.get(chart) !== flight) return false;
    this.#flights.delete(chart);
    if (version !== this.#version) return false;
    // What is drawn already is better than nothing: a failed refresh does not wipe it out.
    if (!problem || !chart.data.lines.size) chart.data.replace(answers, window.to, recent());
    if (problem) this.problem = problem;
    this.#loaded.set(chart.data, version);
    return true;
  }

  /** Gives up what is on its way. */
  cancel() {
    for (const { abort } of this.#flights.values()) abort.abort();
    this.#flights.clear();
  }
}
