/**
 * The server's time as far as the browser can tell. "4 s ago" must be right on a laptop whose clock is minutes off.
 */

// An HTTP date has whole seconds and the answer took a while; smaller differences are noise.
const NOTICEABLE_MS = 2500;

let offset = 0;

/** Now, in epoch milliseconds of the server. */
export function now() {
  return Date.now() + offset;
}

/** Takes the `Date` header of an answer as the server's time, which it tells in whole seconds. */
export function observeDateHeader(header) {
  observeServerTime(Date.parse(header ?? '') + 500);
}

/** Takes the time at which the server sent something. */
export function observeServerTime(ms) {
  if (Number.isNaN(ms)) return;
  const difference = ms - Date.now();
  offset = Math.abs(difference) > NOTICEABLE_MS ? difference : 0;
}

/** How long to wait before asking the server again: after its restart all pages come back at one moment, and would ask at one. */
export const spread = (again, mostMs) => (again ? Math.random() * mostMs : 0);

/**
 * Calls back every second, until the returned function is called.
 *
 * @param {(now: number) => void} callback
 * @returns {() => void}
 */
export function everySecond(callback) {
  const timer = setInterval(() => callback(now()), 1000);
  return () => clearInterval(timer);
}
