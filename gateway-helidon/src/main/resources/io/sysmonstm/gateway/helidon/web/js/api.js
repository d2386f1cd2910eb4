/** Calls to the REST side of the gateway. The edge relay serves this page without one; then only the live view remains. */
import { observeDateHeader } from './clock.js';

const BASE = 'api/v1/';
const LONGEST_WAIT_MS = 30_000;

/** An answer other than success. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `The server answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

async function call(method, path, parameters, signal, retry = true) {
  const query = new URLSearchParams(parameters).toString();
  const answer = await fetch(BASE + path + (query ? `?${query}` : ''), { method, signal, headers: { accept: 'application/json' } });
  observeDateHeader(answer.headers.get('date'));
  if (answer.status === 429 && retry) {
    const seconds = Number(answer.headers.get('retry-after')) || 1;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, seconds * 1000)));
    return call(method, path, parameters, signal, false);
  }
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => null));
  return answer.status === 204 ? null : answer.json();
}

let probe;

/**
 * Whether there is a REST API here at all. Asked of the server once; an unreachable server is asked again the next time.
 *
 * @returns {Promise<boolean>}
 */
export function hasRest() {
  probe ??= call('GET', 'alerts', { state: 'firing' })
    .then(() => true, (failure) => {
      if (failure instanceof ApiError) return failure.status !== 404 && failure.status !== 501;
      probe = undefined;
      return true;
    });
  return probe;
}

/**
 * How the parts of the server are, by name: `ok`, or what is wrong; empty where it does not tell.
 *
 * @returns {Promise<Object<string, string>>}
 */
export async function fetchReadiness() {
  // Not ready is an answer as well, and has the same form.
  const answer = await fetch('ready', { headers: { accept: 'application/json' } });
  return (await answer.json()).checks ?? {};
}

/** Alerts, newest state each; filters as in the API (`state`, `machine`, `from`, …). */
export async function fetchAlerts(filters) {
  return (await call('GET', 'alerts', filters)).alerts ?? [];
}

/** One machine with its resource and tags. */
export function fetchMachine(id) {
  return call('GET', `machines/${encodeURIComponent(id)}`);
}

/** Marks an alert as seen. */
export function acknowledge(alertId) {
  return call('POST', `alerts/${encodeURIComponent(alertId)}/acknowledge`);
}

/**
 * Stored points of one metric of one machine in `[from, to)`.
 *
 * @param {string} machine
 * @param {string} metric
 * @param {{from: number, to: number, maxPoints: number}} window epoch milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<{resolution: string, step_ms: number, series: Array}>}
 */
export function fetchHistory(machine, metric, window, signal) {
  return call('GET', 'history', {
    machine,
    metric,
    from: new Date(window.from).toISOString(),
    to: new Date(window.to).toISOString(),
    max_points: String(window.maxPoints),
  }, signal);
}
