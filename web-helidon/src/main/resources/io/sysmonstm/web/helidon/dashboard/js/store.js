/** The fleet as the browser knows it: built from a snapshot, kept current by the frames that follow. */
import { now, observeServerTime } from './clock.js';
import { Emitter } from './emitter.js';
import { toMillis } from './format.js';

const RESOLVED_KEPT = 500;
const SEVERITIES = ['info', 'warning', 'critical'];

/** Orders severities: the higher the worse. */
export const severityRank = (severity) => SEVERITIES.indexOf(severity);

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

/**
 * Topics: `snapshot` (all state is new), `machines` (the set changed), `machine` (one changed; payload Machine), `sample` (new readings of one; payload
 * `{machine, time}`), `unknown` (a machine that no snapshot described; payload Machine), `alerts`, `connection`, `recovered`
 * (a part of the server works again).
 */
export class FleetStore extends Emitter {
  machines = new Map();
  alerts = new Map();
  /** False until the API, or an edge relay, has listed alerts once. */
  alertsLoaded = false;
  /** False until the API has listed alerts, or has failed to. */
  alertsSettled = false;
  /** Whether the API could not list alerts when it was asked last. */
  alertsUnread = false;
  /** False until the first snapshot: an empty fleet and an unknown one are different things. */
  ready = false;
  connection = { state: 'connecting', since: now() };
  /** Parts of the server that fail, and since when as far as this page knows. */
  failing = new Map();
  /** Set while an edge relay has lost its gateway. */
  gatewayAwaySince = null;
  /** Of each question after the open alerts that is not answered yet, what frames have told of meanwhile. */
  #toldSince = new Set();

  applySnapshot(frame) {
    const again = this.ready;
    const before = this.machines;
    this.machines = new Map();
    for (const data of frame.machines ?? []) {
      const machine = before.get(data.machine_id) ?? new Machine(data.machine_id);
      machine.merge(data);
      this.machines.set(machine.id, machine);
    }
    this.ready = true;
    observeServerTime(toMillis(frame.timestamp));
    // An edge relay, which cannot be asked for them, says them here.
    if (frame.alerts) this.#replaceOpenAlerts(frame.alerts);
    if (this.gatewayAwaySince) {
      this.gatewayAwaySince = null;
      this.emit('connection');
    }
    this.emit('machines');
    this.emit('snapshot', { again });
    for (const machine of this.machines.values()) {
      this.emit('sample', { machine, time: machine.lastSeen });
    }
  }

  applyMetrics(frame) {
    const time = toMillis(frame.timestamp);
    const machine = this.#machine(frame.machine_id ?? frame.data?.machine_id);
    machine.merge({ status: 'up', ...frame.data }, frame.timestamp);
    this.emit('machine', machine);
    this.emit('sample', { machine, time });
  }

  applyStatus(frame) {
    const machine = this.#machine(frame.machine_id);
    machine.merge(frame);
    if (frame.tags) this.emit('machines');
    this.emit('machine', machine);
  }

  applyAlert(frame) {
    const alert = frame.data;
    if (!alert?.id) return;
    this.alerts.delete(alert.id);
    for (const told of this.#toldSince) told.add(alert.id);
    // What ends without having fired was pending and came to nothing: nobody was told, so nothing is over.
    if (alert.state !== 'resolved' || alert.fired_at) this.alerts.set(alert.id, alert);
    this.#forgetOldResolved();
    this.emit('alerts');
  }

  /**
   * Asks which alerts are open, and shows these. What frames tell while the answer is on its way is newer than it.
   *
   * @param {() => Promise<Array>} ask
   */
  async loadOpenAlerts(ask) {
    const told = new Set();
    this.#toldSince.add(told);
    try {
      this.#replaceOpenAlerts(await ask(), told);
    } finally {
      this.#toldSince.delete(told);
    }
  }

  /** Replaces the open alerts that are known, but for those that somebody has told of; resolved ones that were seen live stay. */
  #replaceOpenAlerts(alerts, told = new Set()) {
    for (const [id, alert] of this.alerts) {
      if (alert.state !== 'resolved' && !told.has(id)) this.alerts.delete(id);
    }
    for (const alert of alerts) {
      if (!told.has(alert.id)) this.alerts.set(alert.id, alert);
    }
    this.alertsLoaded = true;
    this.emit('alerts');
  }

  /** Takes note that the API has been asked for alerts, with success or without. */
  settleAlerts(read) {
    if (this.alertsSettled && this.alertsUnread === !read) return;
    this.alertsSettled = true;
    this.alertsUnread = !read;
    this.emit('alerts');
  }

  applyGatewayAway(frame) {
    this.gatewayAwaySince = toMillis(frame.since ?? frame.timestamp) || now();
    this.emit('connection');
  }

  /** Takes the names of the parts that fail now. */
  setFailing(parts) {
    const before = this.failing;
    this.failing = new Map(parts.map((part) => [part, before.get(part) ?? now()]));
    if (parts.length === before.size && parts.every((part) => before.has(part))) return;
    this.emit('connection');
    if ([...before.keys()].some((part) => !this.failing.has(part))) this.emit('recovered');
  }

  setConnection(state) {
    if (this.connection.state === state) return;
    this.connection = { state, since: now() };
    this.emit('connection');
  }

  /** Firing alerts: those nobody has acknowledged first, then worst first, then newest first. */
  firing() {
    return [...this.alerts.values()]
      .filter((alert) => alert.state === 'firing')
      .sort((a, b) => Boolean(a.acknowledged_by) - Boolean(b.acknowledged_by)
        || severityRank(b.severity) - severityRank(a.severity) || alertTime(b) - alertTime(a));
  }

  /** Alerts whose condition holds, but not yet for long enough: newest first. */
  pending() {
    return [...this.alerts.values()].filter((alert) => alert.state === 'pending').sort((a, b) => alertTime(b) - alertTime(a));
  }

  #machine(id) {
    let machine = this.machines.get(id);
    if (!machine) {
      machine = new Machine(String(id));
      this.machines.set(machine.id, machine);
      this.emit('machines');
      this.emit('unknown', machine);
    }
    return machine;
  }

  #forgetOldResolved() {
    const resolved = [...this.alerts.values()].filter((alert) => alert.state === 'resolved');
    for (const alert of resolved.slice(0, Math.max(0, resolved.length - RESOLVED_KEPT))) this.alerts.delete(alert.id);
  }
}

/** The worst severity among alerts, or undefined for none. */
export function worstSeverity(alerts) {
  return SEVERITIES[Math.max(-1, ...alerts.map((alert) => severityRank(alert.severity)))];
}

/** When an alert began to matter. */
export function alertTime(alert) {
  return toMillis(alert.fired_at ?? alert.started_at);
}
