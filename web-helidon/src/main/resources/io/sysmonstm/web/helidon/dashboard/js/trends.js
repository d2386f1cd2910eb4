/**
 * The last minutes of every machine in a few metrics, for the sparklines. History fills them in one go when the page opens; from then on, and on the edge
 * relay from the beginning, they grow by what arrives.
 */
import { fetchRecent, hasRest } from './api.js';
import { now, spread } from './clock.js';
import { networkRate, notLoopback } from './readings.js';

/** How many steps a sparkline has, and how long each is. */
export const STEPS_SHOWN = 40;
export const STEP_MS = 15_000;

/** What has a sparkline, and how a live value is read. */
const READ = {
  cpu_percent: (machine) => machine.value('cpu_percent'),
  memory_percent: (machine) => machine.value('memory_percent'),
  network_recv_bytes_sec: (machine) => networkRate(machine, 'network_recv_bytes_sec'),
};

/** The newest {@link STEPS_SHOWN} values of one series; a step without a reading is NaN. */
class Trend {
  values = new Float32Array(STEPS_SHOWN).fill(NaN);
  /** The number of the newest step since the epoch. */
  last = -1;
  /** Grows with every change. */
  version = 0;

  put(step, value) {
    this.version++;
    if (step > this.last) this.#advance(step);
    const index = STEPS_SHOWN - 1 - (this.last - step);
    if (index >= 0) this.values[index] = value;
  }

  #advance(step) {
    const by = this.last < 0 ? 0 : Math.min(STEPS_SHOWN, step - this.last);
    if (by > 0) {
      this.values.copyWithin(0, by);
      this.values.fill(NaN, STEPS_SHOWN - by);
    }
    this.last = step;
  }

  /** Takes a value of the past where none was heard live. */
  fill(step, value) {
    if (step > this.last) {
      this.put(step, value);
      return;
    }
    const index = STEPS_SHOWN - 1 - (this.last - step);
    if (index < 0 || !Number.isNaN(this.values[index])) return;
    this.values[index] = value;
    this.version++;
  }
}

export class Trends {
  #byMachine = new Map();
  #store;
  #asked = -Infinity;
  #listeners = new Set();

  /** @param {import('./store.js').FleetStore} store */
  constructor(store) {
    this.#store = store;
    for (const machine of store.machines.values()) this.#record(machine, machine.lastSeen);
    store.on('sample', ({ machine, time }) => this.#record(machine, time));
    store.on('snapshot', ({ again }) => setTimeout(() => this.#load(), spread(again, STEP_MS)));
    if (store.ready) this.#load();
  }

  /** The trend of a metric of a machine, or undefined. */
  of(machineId, metric) {
    return this.#byMachine.get(machineId)?.[metric];
  }

  /** Calls back whenever history has filled the trends. */
  onFilled(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #record(machine, time) {
    if (Number.isNaN(time)) return;
    const step = Math.floor(time / STEP_MS);
    for (const metric in READ) {
      const value = READ[metric](machine);
      if (value !== undefined) this.#trend(machine.id, metric).put(step, value);
    }
  }

  #trend(machineId, metric) {
    let trends = this.#byMachine.get(machineId);
    if (!trends) this.#byMachine.set(machineId, (trends = {}));
    return (trends[metric] ??= new Trend());
  }

  /** Asks history for what was before, and again after a connection was lost for longer than a step. */
  async #load() {
    const time = now();
    if (time - this.#asked < STEP_MS || !(await hasRest())) return;
    this.#asked = time;
    for (const id of this.#byMachine.keys()) {
      if (!this.#store.machines.has(id)) this.#byMachine.delete(id);
    }
    await Promise.all(Object.keys(READ).map((metric) => this.#loadMetric(metric, time)));
  }

  async #loadMetric(metric, time) {
    const from = (Math.floor(time / STEP_MS) - STEPS_SHOWN + 1) * STEP_MS;
    // Without history the lines simply begin now.
    const answer = await fetchRecent(metric, from, STEP_MS).catch(() => null);
    const sums = new Map();
    for (const { machine_id: id, labels, points } of answer?.series ?? []) {
      if (!notLoopback(labels)) continue;
      if (!sums.has(id)) sums.set(id, new Map());
      const steps = sums.get(id);
      for (const [at, value] of points) {
        const step = Math.floor(at / STEP_MS);
        steps.set(step, (steps.get(step) ?? 0) + value);
      }
    }
    for (const [id, steps] of sums) {
      const trend = this.#trend(id, metric);
      for (const [step, value] of steps) trend.fill(step, value);
    }
    for (const listener of this.#listeners) listener();
  }
}

const kept = new WeakMap();

/** The trends of a store, which outlive the page that shows them. */
export function trendsOf(store) {
  if (!kept.has(store)) kept.set(store, new Trends(store));
  return kept.get(store);
}
