/** The one WebSocket of the page: reads frames into the store and reconnects for ever. */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
// A connection whose other side vanished without a word stays "open"; it is doubted after so long, where machines report that rarely later.
const SILENCE_MS = 60_000;
const LONGEST_SILENCE_MS = 10 * 60_000;
const SILENT_INTERVALS = 1.5;
const CONNECT_MS = 15_000;

const HANDLERS = {
  snapshot: 'applySnapshot',
  metrics: 'applyMetrics',
  machine: 'applyStatus',
  forgotten: 'applyForgotten',
  alert: 'applyAlert',
  stale: 'applyGatewayAway',
};

export class LiveSocket {
  #store;
  #url;
  #socket = null;
  #attempts = 0;
  #timer = 0;
  #lastFrame = 0;
  #heard = false;

  /** @param {import('./store.js').FleetStore} store */
  constructor(store) {
    this.#store = store;
    const url = new URL('ws', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    this.#url = url.href;
  }

  /** Connects, and keeps connecting. */
  start() {
    this.#connect();
    setInterval(() => this.#renewWhenSilent(), 5000);
    window.addEventListener('online', () => this.#connectNow());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#connectNow();
    });
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#lastFrame = Date.now();
    this.#heard = false;
    setTimeout(() => {
      if (socket === this.#socket && socket.readyState === WebSocket.CONNECTING) this.#giveUp();
    }, CONNECT_MS);
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#retryLater();
    };
  }

  #receive(text) {
    this.#lastFrame = Date.now();
    this.#heard = true;
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    const handler = HANDLERS[frame?.type];
    if (!handler) return;
    if (frame.type === 'snapshot') {
      // Only now does the connection count as good: a server that accepts and then closes must not be hammered.
      this.#attempts = 0;
      this.#store.setConnection('live');
    }
    this.#store[handler](frame);
  }

  #retryLater() {
    this.#socket = null;
    this.#store.setConnection('reconnecting');
    const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts++);
    this.#timer = setTimeout(() => this.#connect(), ceiling * (0.5 + Math.random() / 2));
  }

  #connectNow() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #renewWhenSilent() {
    const silence = Date.now() - this.#lastFrame;
    if (!this.#socket) return;
    if (this.#heard && silence >= this.#patience()) {
      // Nobody can tell a quiet server from one that is gone; a new connection can, and shows nothing where all is well.
      const quiet = this.#socket;
      this.#connect();
      quiet.close();
    } else if (!this.#heard && silence >= SILENCE_MS) {
      // Each begins with a snapshot: where that does not come, nothing will.
      this.#giveUp();
    }
  }

  /** Any frame shows that the connection holds, so that of the machines that report the most frequent one says when one is due. */
  #patience() {
    const intervals = [...this.#store.machines.values()].filter((machine) => machine.status === 'up').map((machine) => machine.interval).filter(Number.isFinite);
    const due = intervals.length ? SILENT_INTERVALS * Math.min(...intervals) : 0;
    return Math.min(LONGEST_SILENCE_MS, Math.max(SILENCE_MS, due));
  }

  #giveUp() {
    const dead = this.#socket;
    this.#retryLater();
    dead.close();
  }
}
