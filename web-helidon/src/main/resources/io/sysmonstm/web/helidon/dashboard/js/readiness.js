/** Asks the server now and then how its parts are, so that the page can say what it does without. */
import { fetchReadiness } from './api.js';

const POLL_MS = 10_000;

/**
 * Keeps `store.failing` current, for as long as the page is looked at.
 *
 * @param {import('./store.js').FleetStore} store
 */
export function followReadiness(store) {
  async function ask() {
    if (document.hidden) return;
    const checks = await fetchReadiness().catch(() => null);
    // Without an answer nothing is known anew; that the server is away the connection says.
    if (checks) store.setFailing(Object.keys(checks).filter((part) => checks[part] !== 'ok'));
  }

  setInterval(ask, POLL_MS);
  document.addEventListener('visibilitychange', ask);
  store.on('snapshot', ask);
}
