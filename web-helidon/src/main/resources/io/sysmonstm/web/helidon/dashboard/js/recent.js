/**
 * The last quarter of an hour of live samples of every machine that was opened. It bridges the time between a history
 * answer and now, and on the edge relay it is all the history there is.
 */
import { CHARTED_METRICS, seriesKey } from './chart-specs.js';
import { HEARTBEAT } from './gaps.js';

export const RECENT_MS = 15 * 60_000;
// Each remembered machine costs some hundred kilobytes; the ones opened longest ago are let go.
const MACHINES_KEPT = 12;
const METRICS = [...CHARTED_METRICS, ...HEARTBEAT.metrics.map(({ name }) => name)];

export class RecentSamples {
  #machines = new Map();
  #store;

  /** @param {import('./store.js').FleetStore} store */
  constructor(store) {
    this.#store = store;
    store.on('sample', ({ machine, time }) => {
      const series = this.#machines.get(machine.id);
      if (series && !Number.isNaN(time)) record(series, machine, time);
    });
  }

  /**
   * Begins to remember a machine, or goes on doing so.
   *
   * @param {string} machineId
   * @returns {Map<string, {metric: string, labels: Object, times: number[], values: number[]}>}
   */
  open(machineId) {
    const series = this.#machines.get(machineId) ?? new Map();
    this.#machines.delete(machineId);
    this.#machines.set(machineId, series);
    if (this.#machines.size > MACHINES_KEPT) this.#machines.delete(this.#machines.keys().next().value);
    const machine = this.#store.machines.get(machineId);
    if (machine && !Number.isNaN(machine.lastSeen)) record(series, machine, machine.lastSeen);
    return series;
  }
}

function record(series, machine, time) {
  for (const [key, { times }] of series) {
    if (times.at(-1) < time - RECENT_MS) series.delete(key);
  }
  for (const metric of METRICS) {
    for (const { labels, value } of machine.readings(metric)) {
      const key = seriesKey(metric, labels);
      let entry = series.get(key);
      if (!entry) series.set(key, (entry = { metric, labels, times: [], values: [] }));
      if (time <= entry.times.at(-1)) continue;
      entry.times.push(time);
      entry.values.push(value);
      const expired = entry.times.findIndex((candidate) => candidate >= time - RECENT_MS);
      if (expired > 0) {
        entry.times.splice(0, expired);
        entry.values.splice(0, expired);
      }
    }
  }
}
