/** What happened on a machine within a window of time: alerts that fired, and reboots. */
import { describeCulprit } from './alert-list.js';
import { duration, moment, toMillis } from './format.js';

// The time of the boot follows the wall clock, which is set now and then.
const CLOCK_STEP_MS = 30_000;

/**
 * The reboots that the time of the boot tells of.
 *
 * @param {?{times: number[], values: number[], bucketMs: number}} boot line of the metric `boot_time`, the greatest of each bucket
 * @param {number} now
 * @returns {Array<{kind: string, from: number, to: number, text: string}>}
 */
export function rebootsOf(boot, now) {
  const found = [];
  boot?.times.forEach((time, index) => {
    if (!index) return;
    const at = boot.values[index] * 1000;
    // A clock that was set moves the boot as well, but into a time in which the machine was seen running.
    const unseen = at >= boot.times[index - 1] - CLOCK_STEP_MS && at <= time + boot.bucketMs + CLOCK_STEP_MS;
    if (at - boot.values[index - 1] * 1000 <= CLOCK_STEP_MS || !unseen) return;
    found.push({ kind: 'reboot', from: at, to: at, text: `Booted at ${moment(at, now)}.` });
  });
  return found;
}

/**
 * The alerts that fired.
 *
 * @param {Array} alerts in the form of the API
 * @param {number} now where those end that still fire
 */
export function firingsOf(alerts, now) {
  return alerts.filter((alert) => alert.fired_at).map((alert) => {
    const from = toMillis(alert.fired_at);
    const end = toMillis(alert.resolved_at);
    const to = Number.isNaN(end) ? now : end;
    const culprit = describeCulprit(alert);
    const lasting = Number.isNaN(end) ? `firing since ${moment(from, now)}` : `${moment(from, now)} – ${moment(to, now)} (${duration(to - from)})`;
    return {
      kind: 'alert', id: alert.id, metric: alert.metric, severity: alert.severity, from, to, open: Number.isNaN(end),
      text: `${alert.severity} ${alert.rule}, ${lasting}: ${alert.message || alert.metric}${culprit ? `; top process ${culprit}` : ''}.`,
    };
  });
}

/** Those of a chart: what concerns the whole machine, and alerts on a metric that it draws. */
export function eventsOfChart(events, spec) {
  return events.filter((event) => event.kind === 'reboot' || !event.metric || spec.metrics.some(({ name }) => name === event.metric));
}
