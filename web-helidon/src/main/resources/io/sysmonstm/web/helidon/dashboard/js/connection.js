/** Says, without shouting, whether what is on the screen is live, and what is missing from it. */
import { now } from './clock.js';
import { h, setAttribute, setShown, setText } from './dom.js';
import { duration, iso, moment } from './format.js';

// A blink of the network is not news; the indicator shows it at once, the banner only when it lasts.
const BANNER_AFTER_MS = 4000;

/** What the page does without while a part of the server fails. */
const WITHOUT = {
  gateway: 'The server is stopping',
  aggregator: 'New readings may be missing: the aggregator cannot be asked',
  current_state: 'The live view goes on from events and history: the store of current state is away',
  history: 'History and alerts are unavailable; the live view goes on',
  edge: 'The public page stands still: the edge relay cannot be told',
  events: 'Readings may come a few seconds late: the event bus is away',
};

/**
 * Fills the connection indicator and the banner, and keeps them current.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {HTMLElement} indicator
 * @param {HTMLElement} bannerHost
 */
export function showConnection(store, indicator, bannerHost) {
  const words = h('span', { class: 'connection-words' });
  const banner = h('p', { class: 'banner', hidden: true, data: { testid: 'banner' } });
  indicator.append(h('span', { class: 'connection-dot', 'aria-hidden': 'true' }), words);
  indicator.dataset.testid = 'connection';
  bannerHost.append(banner);

  function update() {
    const time = now();
    const { state, since } = store.connection;
    const away = store.gatewayAwaySince;
    const shown = state === 'live' && away ? 'away' : state;
    setAttribute(indicator, 'data-state', shown);
    setAttribute(indicator, 'title', `${state} since ${iso(since)}`);
    setText(words, {
      live: 'Live',
      connecting: 'Connecting…',
      reconnecting: `Reconnecting, ${duration(time - since)}`,
      away: 'Gateway away',
    }[shown]);

    const lost = state !== 'live' && time - since > BANNER_AFTER_MS;
    const severed = lost
      ? store.ready
        ? `Connection lost at ${moment(since, time)}. The values below are from then; trying to reconnect.`
        : 'The server cannot be reached yet. Trying again…'
      : state === 'live' && away ? `The gateway has been away since ${moment(away, time)}. The values below are from then.` : '';
    const text = severed || [...store.failing]
      .map(([part, failingSince]) => `${WITHOUT[part] ?? `Unavailable: ${part}`} (since ${moment(failingSince, time)}).`)
      .join(' ');
    // The live region must not be re-read every second, so the text holds still while nothing changes.
    if (text) setText(banner, text);
    setAttribute(banner, 'data-kind', severed ? 'severed' : 'degraded');
    setShown(banner, text !== '');
    document.documentElement.dataset.live = String(severed === '');
  }

  store.on('connection', update);
  setInterval(update, 1000);
  update();
}
