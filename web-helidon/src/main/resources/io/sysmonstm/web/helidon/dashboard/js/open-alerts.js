/** Keeps the alerts that are open known: asked for at each connection and now and then, and soon again while they cannot be read. */
import { fetchAlerts, hasRest } from './api.js';
import { spread } from './clock.js';

const SPREAD_MS = 3000;
const REFRESH_MS = 5 * 60_000;
const RETRY_MS = 10_000;

/**
 * Begins, for as long as the page is open.
 *
 * @param {import('./store.js').FleetStore} store
 */
export function followOpenAlerts(store) {
  let timer = 0;

  async function load() {
    let read = true;
    try {
      if (await hasRest()) {
        await store.loadOpenAlerts(async () => (await Promise.all([fetchAlerts({ state: 'firing' }), fetchAlerts({ state: 'pending' })])).flat());
      }
    } catch {
      // Alert frames still arrive, but what fires already is not known.
      read = false;
    }
    store.settleAlerts(read);
    clearTimeout(timer);
    // A frame that got lost on the way to the server would else be missed for as long as the page is open.
    timer = setTimeout(load, read ? REFRESH_MS : RETRY_MS);
  }

  store.on('snapshot', ({ again }) => setTimeout(load, spread(again, SPREAD_MS)));
  store.on('recovered', load);
  load();
}
