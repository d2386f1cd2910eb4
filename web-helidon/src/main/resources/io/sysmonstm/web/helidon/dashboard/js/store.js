/** The fleet as the browser knows it: built from a snapshot, kept current by the frames that follow. */
import { now, observeServerTime } from './clock.js';
import { Emitter } from './emitter.js';
import { toMillis } from './format.js';
import { Machine } from './machine-state.js';

const RESOLVED_KEPT = 500;
// An edge relay says right after the snapshot that its gateway is away.
const AWAY_SETTLE_MS = 1000;
const SEVERITIES = ['info', 'warning', 'critical'];

/** Orders severities: the higher the worse. */
export const severityRank = (severity) => SEVERITIES.indexOf(severity);

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
  #awayTimer = 0;
  /** Of each question after the open alerts that is not answered yet, what frames have told of meanwhile: in the order in which they were asked. */
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
    // Not here again before it is known: a page that connects anew would say for a moment that it is live.
    clearTimeout(this.#awayTimer);
    if (this.gatewayAwaySince) this.#awayTimer = setTimeout(() => this.#gatewayHere(), AWAY_SETTLE_MS);
    this.emit('machines');
    this.emit('snapshot', { again });
    for (const machine of this.machines.values()) {
      this.emit('sample', { machine, time: machine.lastSeen });
    }
  }

  applyMetrics(frame) {
    this.#gatewayHere();
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

  applyForgotten(frame) {
    if (this.machines.delete(frame.machine_id)) this.emit('machines');
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
   * Asks which alerts are open, and shows these. What frames tell while the answer is on its way is newer than it, and so is all that a later question has
   * been answered with.
   *
   * @param {() => Promise<Array>} ask
   */
  async loadOpenAlerts(ask) {
    const told = new Set();
    this.#toldSince.add(told);
    try {
      const open = await ask();
      if (!this.#toldSince.has(told)) return;
      for (const earlier of this.#toldSince) {
        if (earlier === told) break;
        this.#toldSince.delete(earlier);
      }
      this.#replaceOpenAlerts(open, told);
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
    clearTimeout(this.#awayTimer);
    // The snapshot before it may be as old as the last word of the gateway; this is told now.
    observeServerTime(toMillis(frame.timestamp));
    this.gatewayAwaySince = toMillis(frame.since ?? frame.timestamp) || now();
    this.emit('connection');
  }

  #gatewayHere() {
    if (!this.gatewayAwaySince) return;
    clearTimeout(this.#awayTimer);
    this.gatewayAwaySince = null;
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
