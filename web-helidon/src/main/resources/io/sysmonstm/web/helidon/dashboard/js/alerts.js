/** The alerts page: what fires, what is about to, who is told, and what was. */
import { alertHistory } from './alert-history.js';
import { UNREAD_ALERTS, alertList } from './alert-list.js';
import { fetchAlerts, fetchSilences, problemsOf } from './api.js';
import { everySecond, now } from './clock.js';
import { h, oncePerFrame, setShown, setText } from './dom.js';
import { matchText } from './forms.js';
import { silencePanel } from './silences.js';

const REFRESH_MS = 30_000;
const SETTLE_MS = 500;

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {URLSearchParams} parameters what to offer to silence: names and globs
 */
export function alertsPage(store, parameters) {
  const firing = section(store, 'Firing', 'firing', 'Nothing fires.');
  const pending = section(store, 'Pending', 'pending', 'Nothing is pending.');
  const silences = silencePanel(() => load());
  const history = alertHistory(store);
  const note = h('p', { class: 'hint', role: 'status' });
  const element = h('div', { class: 'page alerts', data: { testid: 'alerts-page' } },
    h('h1', { tabindex: '-1' }, 'Alerts'), note, firing.element, pending.element, silences.element, history.element);
  let silencedBy = new Map();
  let timer = 0;
  let gone = false;

  async function load() {
    try {
      const [open, known] = await Promise.all([fetchAlerts({ state: 'firing' }), fetchSilences()]);
      if (gone) return;
      silencedBy = new Map(open.map((alert) => [alert.id, alert.silenced_by ?? []]));
      silences.update(known);
      setText(note, '');
      render();
    } catch (failure) {
      setText(note, problemsOf(failure).join(' '));
      silences.unread();
    }
    clearTimeout(timer);
    if (!gone) timer = setTimeout(load, REFRESH_MS);
  }

  function render() {
    const time = now();
    firing.update(store.firing(), time, silencedBy);
    pending.update(store.pending(), time);
  }

  function changed() {
    render();
    history.stale();
    clearTimeout(timer);
    timer = setTimeout(load, SETTLE_MS);
  }

  const request = oncePerFrame(render);
  const stops = [store.on('alerts', changed), everySecond(request), request.cancel, history.destroy, () => {
    gone = true;
    clearTimeout(timer);
  }];
  render();
  load();
  history.load();
  const offer = (from) => {
    const text = matchText(Object.fromEntries(from));
    if (text) requestAnimationFrame(() => silences.prefill(text));
  };
  offer(parameters);
  const restate = () => {
    load();
    history.load();
  };
  return { element, title: () => 'Alerts', navigate: offer, restate, destroy: () => stops.forEach((stop) => stop()) };
}

function section(store, title, state, nothing) {
  const list = alertList(store, { withMachine: true });
  const number = h('span', { class: 'hint', data: { testid: `${state}-count` } });
  const none = h('p', { class: 'hint panel-text' }, nothing);
  return {
    element: h('section', { class: 'panel', 'aria-label': title, data: { testid: `${state}-section` } },
      h('div', { class: 'panel-head' }, h('h2', null, title), number), none, list.element),
    update(alerts, time, silencedBy = new Map()) {
      list.update(alerts.map((alert) => ({ ...alert, silenced: Boolean(silencedBy.get(alert.id)?.length) })), time);
      setText(number, alerts.length ? String(alerts.length) : '');
      setText(none, store.alertsUnread ? UNREAD_ALERTS : nothing);
      setShown(none, store.alertsSettled && (alerts.length === 0 || store.alertsUnread));
      setShown(list.element, alerts.length > 0);
    },
  };
}
