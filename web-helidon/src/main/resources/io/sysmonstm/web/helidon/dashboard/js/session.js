/** Who looks at this page, as the server says, and what they may do. */
import { Emitter } from './emitter.js';

const emitter = new Emitter();
const NOBODY = { account: null, rights: [], login_required: false, setup_needed: false };

/** As the API tells it; null where there is none to ask, as at an edge relay. */
let session = null;
let absent = false;
/** Who was in last; a session that is over has no name any more. */
let lastIn = null;
let asking = null;
let askWith = null;

/** Asks the server, and keeps what it says. */
export async function loadSession() {
  // An edge relay says so itself, and has nothing to ask for here.
  absent = (await (await fetch('health')).json()).rest === false;
  if (absent) return keep(null);
  const answer = await fetch('api/v1/session', { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return keep(await answer.json());
}

/** Keeps what a call answered that began or changed a session; for somebody else than before the page is loaded anew. */
export function keep(next) {
  const account = next?.account ?? null;
  // What is shown may be more than somebody else may see, and what is about to be done is not theirs.
  if (account !== null && lastIn !== null && account !== lastIn) reload();
  lastIn = account ?? lastIn;
  session = next;
  document.documentElement.dataset.viewer = String(session !== null && !may('admin'));
  emitter.emit('changed', session);
  return session;
}

let reloading = false;

function reload() {
  reloading = true;
  location.reload();
}

/** Ends when the page is still that of whoever it was made for: never, where another has come in. */
export const sameViewer = () => (reloading ? new Promise(() => {}) : Promise.resolve());

/** The session as the server told it last. */
export const currentSession = () => session ?? NOBODY;

/** Whether there is a server that knows accounts. */
export const hasAccess = () => session !== null;

/** Whether who looks at the page may do something: `read`, `admin` or `enrol`. */
export const may = (right) => currentSession().rights.includes(right);

/** Whether nothing can be seen before a login. */
export const isStranger = () => session !== null && session.login_required && session.account === null;

/** What unsafe calls have to repeat. */
export const csrfHeader = () => (session?.csrf_token ? { 'x-csrf-token': session.csrf_token } : {});

/** Calls back whenever the session has changed. */
export const onSession = (listener) => emitter.on('changed', listener);

/** Names what asks for a login: a function whose promise ends when somebody is in. */
export function setLogin(login) {
  askWith = login;
}

/** Waits until somebody is in, who is asked at most once at a time, perhaps with a word on what happened before. */
export function login(word = null) {
  asking ??= Promise.resolve(askWith?.(word)).finally(() => { asking = null; });
  return asking;
}

/** Asks the server whether the session holds still, and for a login where it does not. */
export async function confirmSession() {
  if (absent) return;
  await loadSession().catch(() => {});
  if (isStranger()) await login();
}
