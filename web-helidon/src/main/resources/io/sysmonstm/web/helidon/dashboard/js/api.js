/** Calls to the REST side of the gateway. The edge relay serves this page without one; then only the live view remains. */
import { observeDateHeader } from './clock.js';
import { person } from './person.js';
import { csrfHeader, isStranger, loadSession, login, sameViewer } from './session.js';

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

async function call(method, path, { parameters, body, signal, retry = true } = {}) {
  const query = new URLSearchParams(parameters).toString();
  const answer = await fetch(BASE + path + (query ? `?${query}` : ''), {
    method, signal, headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...(method !== 'GET' && csrfHeader()) },
    body: body && JSON.stringify(body),
  });
  observeDateHeader(answer.headers.get('date'));
  if (answer.status === 429 && retry) {
    const seconds = Number(answer.headers.get('retry-after')) || 1;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_WAIT_MS, seconds * 1000)));
    return call(method, path, { parameters, body, signal, retry: false });
  }
  if (answer.status === 401 && retry && path !== 'login' && path !== 'setup') {
    // The session is over: whoever is asked to log in goes on with what they were about to do.
    await loadSession();
    if (isStranger()) await login();
    await sameViewer();
    return call(method, path, { parameters, body, signal, retry: false });
  }
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => null));
  return answer.status === 204 ? null : answer.json();
}

/** What to show of a failure of a call. */
export function problemsOf(failure) {
  if (!(failure instanceof ApiError)) return ['The server could not be reached.'];
  return failure.problem?.problems ?? [failure.message];
}

let probe;

/**
 * Whether there is a REST API here at all. Asked of the server once; an unreachable server is asked again the next time.
 *
 * @returns {Promise<boolean>}
 */
export function hasRest() {
  probe ??= fetch('health').then((answer) => answer.json()).then((health) => health.rest !== false, () => {
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
  return (await call('GET', 'alerts', { parameters: filters })).alerts ?? [];
}

/** One page of alerts, with how many there are on all pages: filters as above, and `limit`, `offset`, `severity`. */
export async function fetchAlertPage(filters) {
  const { alerts, total } = await call('GET', 'alerts', { parameters: filters });
  return { alerts, total };
}

/** One machine with its resource and tags. */
export function fetchMachine(id) {
  return call('GET', `machines/${encodeURIComponent(id)}`);
}

/** Has a machine forgotten that is down for good. */
export function forgetMachine(id) {
  return call('DELETE', `machines/${encodeURIComponent(id)}`, { parameters: { by: person() } });
}

/** Marks an alert as seen. */
export function acknowledge(alertId) {
  return call('POST', `alerts/${encodeURIComponent(alertId)}/acknowledge`, { body: { by: person() } });
}

/** Silences that are not over. */
export async function fetchSilences() {
  return (await call('GET', 'silences')).silences;
}

/** Adds a silence, in the form of the API. */
export function addSilence(silence) {
  return call('POST', 'silences', { body: { ...silence, by: person() } });
}

/** Ends a silence now. */
export function endSilence(id) {
  return call('DELETE', `silences/${encodeURIComponent(id)}`, { parameters: { by: person() } });
}

/** What was done to a rule, an alert, an account…, the newest first; to anything where none is named. */
export async function fetchAudit(subject, limit = 100) {
  return (await call('GET', 'audit', { parameters: { ...(subject && { subject }), limit } })).entries;
}

/** Logs somebody in; answers the session. */
export function logIn(name, password) {
  return call('POST', 'login', { body: { name, password } });
}

/** Makes the first account and logs it in; answers the session. */
export function setUp(code, name, password) {
  return call('POST', 'setup', { body: { code, name, password } });
}

/** Ends the session, or all of the account. */
export function logOut(everywhere) {
  return call('POST', 'logout', { parameters: { everywhere } });
}

/** Changes one's own password; answers the session, which is a new one. */
export function changePassword(current, password) {
  return call('PUT', 'session/password', { body: { current, password } });
}

/** All accounts. */
export async function fetchAccounts() {
  return (await call('GET', 'accounts')).accounts;
}

/** Adds an account. */
export function addAccount(account) {
  return call('POST', 'accounts', { body: account });
}

/** Changes the role or the password of an account. */
export function changeAccount(name, change) {
  return call('PUT', `accounts/${encodeURIComponent(name)}`, { body: change });
}

/** Deletes an account with its sessions. */
export function deleteAccount(name) {
  return call('DELETE', `accounts/${encodeURIComponent(name)}`);
}

/** The tokens of programs, without their secrets. */
export async function fetchApiTokens() {
  return (await call('GET', 'api-tokens')).api_tokens;
}

/** Makes a token; only this answer has it. */
export function addApiToken(token) {
  return call('POST', 'api-tokens', { body: token });
}

/** Revokes a token. */
export function revokeApiToken(id) {
  return call('DELETE', `api-tokens/${encodeURIComponent(id)}`);
}

/** By what machines prove who they are. */
export async function fetchCredentials() {
  return (await call('GET', 'machine-credentials')).machine_credentials;
}

/** Revokes all credentials of a machine. */
export function revokeMachine(machine) {
  return call('DELETE', `machine-credentials/${encodeURIComponent(machine)}`);
}

/** All rules: those of the file in its order, then those of the API. */
export async function fetchRules() {
  return (await call('GET', 'rules')).rules;
}

/** Adds or replaces a rule. */
export function putRule(rule) {
  return call('PUT', `rules/${encodeURIComponent(rule.name)}`, { body: rule, parameters: { by: person() } });
}

/** Deletes a rule of the API. */
export function deleteRule(name) {
  return call('DELETE', `rules/${encodeURIComponent(name)}`, { parameters: { by: person() } });
}

/**
 * What a rule would have done; with an empty span only whether it is one.
 *
 * @param {object} rule
 * @param {{from: string, to: string}} span
 * @param {AbortSignal} signal
 * @returns {Promise<{would_have_fired: Array, problems: string[]}>}
 */
export function checkRule(rule, span, signal) {
  return call('POST', 'rules/check', { body: rule, parameters: { ...span, problems: 'listed' }, signal });
}

/**
 * Stored points of one metric of one machine in `[from, to)`.
 *
 * @param {string} machine
 * @param {string} metric
 * @param {{from: number, to: number, maxPoints: number, aggregate?: string}} question times in epoch milliseconds;
 *     `avg,min,max` asks for a band as well
 * @param {AbortSignal} signal
 * @returns {Promise<{resolution: string, step_ms: number, aggregates: string[], series: Array}>}
 */
export function fetchHistory(machine, metric, question, signal) {
  return call('GET', 'history', { signal, parameters: historyParameters(machine, metric, question) });
}

/** The address of the same points, for a browser to download; `format` is that of the answer. */
export function historyUrl(machine, metric, { format, aggregate, ...question }) {
  // A cell has one value: that of the line, not those of its band.
  return `${BASE}history?${new URLSearchParams({ ...historyParameters(machine, metric, question), format })}`;
}

function historyParameters(machine, metric, { from, to, maxPoints, aggregate }) {
  return {
    machine,
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    max_points: String(maxPoints),
    ...(aggregate && { aggregate }),
  };
}

/**
 * Stored averages of one metric of all machines, from a moment until now.
 *
 * @param {string} metric
 * @param {number} from epoch milliseconds
 * @param {number} stepMs
 * @returns {Promise<{series: Array}>}
 */
export function fetchRecent(metric, from, stepMs) {
  return call('GET', 'history', { parameters: { machine: '*', metric, from: new Date(from).toISOString(), step: `${stepMs / 1000}s` } });
}

/** Creates a token that lets one machine in; null where machines need none. */
export async function createEnrolmentToken() {
  const { enrolment } = await call('GET', 'enrolment-tokens');
  return enrolment ? call('POST', 'enrolment-tokens', { body: {} }) : null;
}

/** Tokens that were created lately, newest first. */
export async function fetchEnrolmentTokens() {
  return (await call('GET', 'enrolment-tokens')).enrolment_tokens ?? [];
}
