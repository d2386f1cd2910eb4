/** A list of alerts as cards: what fired, where, since when, and which process to look at first. */
import { acknowledge, problemsOf } from './api.js';
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';
import { bytes, moment, percent } from './format.js';
import { icon } from './icons.js';
import { alertTime } from './store.js';
import { machineHref, relativeTime } from './widgets.js';

/** What stands in place of alerts that could not be read. */
export const UNREAD_ALERTS = 'Alerts cannot be read now. Trying again…';

/** The name of a machine in an alert: its host name where the fleet knows it. */
const hostOf = (store, id) => store.machines.get(id)?.hostname ?? id;

/** `java (pid 812, app): 187.0% CPU, 2.1 GiB` for the process that used most when the alert fired. */
export function describeCulprit(alert) {
  const process = alert.processes?.[0];
  if (!process) return '';
  const who = [process.pid != null ? `pid ${process.pid}` : null, process.user].filter(Boolean).join(', ');
  return `${process.name}${who ? ` (${who})` : ''}: ${percent(process.cpu_percent)} CPU, ${bytes(process.rss_bytes)}`;
}

/**
 * Creates the list.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {{withMachine: boolean}} options whether each card names and links its machine
 * @returns {{element: HTMLElement, update: (alerts: Array, now: number) => void}}
 */
export function alertList(store, { withMachine }) {
  const element = h('ul', { class: 'alert-list', data: { testid: 'alert-list' } });
  const cards = keyedChildren(element, (alert) => alertCard(store, alert, withMachine));
  return {
    element,
    update(alerts, now) {
      cards.sync(alerts.map((alert) => ({ alert, now })), ({ alert }) => alert.id);
    },
  };
}

function alertCard(store, { alert: { id, machine_id: machineId } }, withMachine) {
  const sign = h('span', { class: 'alert-sign' });
  const severity = h('span', { class: 'visually-hidden' });
  const machine = withMachine && machineId ? h('a', { class: 'alert-machine' }) : null;
  const message = h('span', { class: 'alert-message' });
  const rule = h('span', { class: 'alert-rule' });
  const state = h('span', { class: 'tag alert-state' });
  const culprit = h('span', { class: 'alert-culprit', data: { testid: 'alert-culprit' } });
  const since = relativeTime('alert-since');
  const seen = acknowledgeButton(id);
  const silence = h('a', { class: 'alert-silence for-admins for-rest', hidden: true, data: { testid: 'silence-alert' } }, 'Silence');
  const silenced = h('span', { class: 'tag', hidden: true, data: { testid: 'alert-silenced' } }, 'silenced');
  const element = h('li', { class: 'alert', data: { testid: 'alert', alert: id, machine: machineId ?? '' } },
    sign,
    h('div', { class: 'alert-body' },
      h('p', { class: 'alert-headline' }, severity, machine, message),
      h('p', { class: 'alert-detail' }, rule, state, silenced, culprit)),
    h('div', { class: 'alert-side' }, since.element, silence, seen.element));

  function update({ alert, now }) {
    const shape = alert.state === 'resolved' ? 'check' : alert.severity;
    if (sign.dataset.shape !== shape) {
      sign.dataset.shape = shape;
      sign.replaceChildren(icon(shape));
    }
    setAttribute(element, 'data-severity', alert.severity);
    setAttribute(element, 'data-state', alert.state);
    setText(severity, `${alert.severity}: `);
    if (machine) {
      setText(machine, hostOf(store, machineId));
      // An alert about the fleet as a whole names no machine that has a page.
      setAttribute(machine, 'href', store.machines.has(machineId) ? machineHref(machineId) : null);
    }
    setText(message, alert.message || `${alert.metric ?? alert.rule} is ${alert.value}`);
    setText(rule, alert.rule ?? '');
    const words = stateWords(alert, now);
    setText(state, words);
    setShown(state, words !== '');
    const process = describeCulprit(alert);
    setText(culprit, process && `Top process: ${process}`);
    setShown(culprit, process !== '');
    since.update(alertTime(alert), now);
    seen.update(alert);
    setShown(silenced, Boolean(alert.silenced));
    setShown(silence, alert.state === 'firing' && !alert.silenced);
    setAttribute(silence, 'href', `#/alerts?${new URLSearchParams({ rule: alert.rule, machine: machineId, ...alert.labels })}`);
  }

  return { element, update };
}

function stateWords(alert, now) {
  if (alert.state === 'resolved') return `resolved ${moment(Date.parse(alert.resolved_at), now)}`.trim();
  if (alert.state === 'pending') return 'pending';
  return alert.acknowledged_by ? `seen by ${alert.acknowledged_by}` : '';
}

function acknowledgeButton(id) {
  const element = h('button', { type: 'button', class: 'button small for-admins for-rest', hidden: true, data: { testid: 'acknowledge' }, onclick: send }, 'Acknowledge');

  function update(alert) {
    setShown(element, alert.state === 'firing' && !alert.acknowledged_by);
  }

  async function send() {
    element.disabled = true;
    try {
      await acknowledge(id);
      setText(element, 'Acknowledged');
    } catch (failure) {
      element.disabled = false;
      setText(element, 'Try again');
      setAttribute(element, 'title', problemsOf(failure).join(' '));
    }
  }

  return { element, update };
}
