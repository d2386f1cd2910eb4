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

/** Takes the `Date` header of an answer as the server's time. */
export function observeDateHeader(header) {
  const serverTime = Date.parse(header ?? '');
  if (Number.isNaN(serverTime)) return;
  const difference = serverTime + 500 - Date.now();
  offset = Math.abs(difference) > NOTICEABLE_MS ? difference : 0;
}

/** A frame cannot come from the future: where it seems to, the browser's clock is behind. */
export function observeFrameTime(ms) {
  if (ms > now()) offset += ms - now();
}

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
