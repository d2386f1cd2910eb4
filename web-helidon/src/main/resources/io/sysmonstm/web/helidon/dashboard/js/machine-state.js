/** What the browser knows of one machine. */
import { now } from './clock.js';
import { toMillis } from './format.js';

/** A machine's newest state, with its readings indexed by metric name. */
export class Machine {
  constructor(id) {
    this.id = id;
    this.hostname = id;
    this.status = 'up';
    this.lastSeen = NaN;
    /** How far apart its newest readings came; NaN where it fell silent in between, or none came yet. */
    this.interval = NaN;
    /** Since when the status is what it is; NaN where nobody knows. */
    this.statusSince = NaN;
    this.tags = {};
    this.resource = null;
    this.processes = [];
    this.alertIds = [];
    this.byMetric = new Map();
  }

  /** Takes over what a Machine object of the contract says; what it leaves out stays as it was. */
  merge(data, timestamp) {
    const before = this.status === 'up' ? this.lastSeen : NaN;
    if (data.hostname) this.hostname = String(data.hostname);
    if (data.status) this.setStatus(data.status, data.status_since);
    if (data.tags) this.tags = data.tags;
    if (data.resource) this.resource = data.resource;
    if (Array.isArray(data.alerts)) this.alertIds = data.alerts;
    // Top processes travel with every third cycle only: an empty list means "none this time".
    if (data.processes?.length) this.processes = data.processes;
    if (Array.isArray(data.metrics)) this.#index(data.metrics);
    const seen = toMillis(data.last_seen ?? timestamp);
    if (Number.isNaN(seen)) return;
    if (seen !== this.lastSeen) this.interval = seen > before ? seen - before : NaN;
    this.lastSeen = seen;
  }

  /** Takes over a status; a change that nobody has dated happened now, or, to one that fell silent, when it was last heard from. */
  setStatus(status, since) {
    const known = toMillis(since);
    if (!Number.isNaN(known)) this.statusSince = known;
    else if (status !== this.status) this.statusSince = status === 'up' ? now() : this.lastSeen;
    this.status = status;
  }

  #index(metrics) {
    this.byMetric.clear();
    for (const reading of metrics) {
      if (typeof reading?.value !== 'number') continue;
      const list = this.byMetric.get(reading.metric);
      const entry = { labels: reading.labels ?? {}, value: reading.value };
      if (list) list.push(entry);
      else this.byMetric.set(reading.metric, [entry]);
    }
  }

  /** All readings of a metric, one per label set. */
  readings(metric) {
    return this.byMetric.get(metric) ?? [];
  }

  /** The value of a metric without labels, or undefined. */
  value(metric) {
    return this.byMetric.get(metric)?.[0]?.value;
  }

  /** The sum over the label sets of a metric, or undefined where there is none. */
  sum(metric, include = () => true) {
    const chosen = this.readings(metric).filter((reading) => include(reading.labels));
    return chosen.length ? chosen.reduce((total, reading) => total + reading.value, 0) : undefined;
  }
}
