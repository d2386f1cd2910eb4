/** The page that adds a machine: a command to paste there, and the moment it connects. */
import { createEnrolmentToken, fetchEnrolmentTokens, problemsOf } from './api.js';
import { everySecond, now } from './clock.js';
import { copyButton } from './dialogs.js';
import { h, setAttribute, setText } from './dom.js';
import { duration, iso, toMillis } from './format.js';
import { machineHref } from './widgets.js';

const USED_POLL_MS = 2000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 */
export function addMachinePage(store) {
  const commands = h('div', { class: 'dialog-body', data: { testid: 'commands' } });
  const words = h('span', { data: { testid: 'waiting' } });
  const countdown = h('span', { class: 'countdown', data: { testid: 'countdown' } });
  const waiting = h('p', { class: 'waiting', role: 'status', data: { state: 'waiting' } }, words, countdown);
  const again = h('button', { type: 'button', class: 'button', hidden: true, data: { testid: 'new-token' }, onclick: () => begin() }, 'New command');
  const element = h('div', { class: 'page add-machine', data: { testid: 'add-machine-page' } },
    h('section', { class: 'panel' },
      h('div', { class: 'panel-head' }, h('h1', { tabindex: '-1' }, 'Add a machine'), again),
      commands, h('div', { class: 'panel-body' }, waiting)));
  let known = new Set();
  let token = null;
  let connected = null;
  let stopped = false;
  let asked = 0;

  async function begin() {
    connected = null;
    token = null;
    again.hidden = true;
    known = store.ready ? new Set(store.machines.keys()) : null;
    commands.replaceChildren(h('p', { class: 'hint' }, 'Asking for a token…'));
    show(now());
    try {
      token = await createEnrolmentToken();
      commands.replaceChildren(...(token ? withToken(token) : withoutToken(null)));
    } catch (failure) {
      commands.replaceChildren(...withoutToken(failure));
    }
    if (!stopped) show(now());
  }

  function see(machine) {
    if (connected || known === null || known.has(machine.id)) return;
    // With a token of ours the server says whose it was; anybody else who comes meanwhile is not the one.
    if (token) return askWhose();
    arrive(machine);
  }

  async function askWhose() {
    asked = Date.now();
    const used = (await fetchEnrolmentTokens().catch(() => [])).find((one) => one.id === token?.id && one.used_at);
    const machine = used && store.machines.get(used.machine_id);
    if (machine && !connected) arrive(machine);
  }

  function arrive(machine) {
    connected = machine;
    again.hidden = false;
    show(now());
  }

  function show(time) {
    const left = token ? toMillis(token.expires_at) - time : NaN;
    const state = connected ? 'connected' : left <= 0 ? 'expired' : 'waiting';
    setAttribute(waiting, 'data-state', state);
    if (state === 'connected') {
      if (!words.querySelector('a')) words.replaceChildren('Connected: ', h('a', { href: machineHref(connected.id), data: { testid: 'connected' } }, connected.hostname));
    } else {
      setText(words, state === 'expired' ? 'The token has expired. Take a new command.' : 'Waiting for the machine to connect…');
    }
    if (state === 'expired') again.hidden = false;
    setText(countdown, state === 'waiting' && left > 0 ? `expires in ${duration(left)}` : '');
    setAttribute(countdown, 'title', token ? iso(toMillis(token.expires_at)) : null);
    setAttribute(countdown, 'aria-live', 'off');
    if (state === 'waiting' && token && Date.now() - asked > USED_POLL_MS && !document.hidden) askWhose();
  }

  const stops = [
    store.on('snapshot', () => {
      if (known === null) known = new Set(store.machines.keys());
      else for (const machine of store.machines.values()) see(machine);
    }),
    store.on('machine', see),
    everySecond(show),
  ];
  begin();
  return {
    element,
    title: () => 'Add a machine',
    destroy() {
      stopped = true;
      stops.forEach((stop) => stop());
    },
  };
}

function command(title, text, note) {
  return h('div', { class: 'command', data: { testid: 'command' } }, h('h2', null, title),
    h('div', { class: 'command-line' }, h('pre', null, h('code', null, text)), copyButton(() => text)),
    note ? h('p', { class: 'hint' }, note) : null);
}

/** The server's own command, in the forms a machine may have the program in. */
function withToken({ command: given }) {
  const [, variables, tail] = /^((?:[A-Z_]+=\S+\s+)*)\S*sysmonstm\s+(.*)$/s.exec(String(given)) ?? [null, '', String(given)];
  // Named to docker without their values, which others could read among its arguments.
  const passed = [...variables.matchAll(/([A-Z_]+)=/g)].map(([, name]) => `-e ${name} `).join('');
  return [
    h('p', null, 'Run one of these on the machine. The token is good for one machine.'),
    command('With the image', `${variables}sysmonstm ${tail}`, 'In the directory bin of the image, or with that on the PATH.'),
    command('From a checkout (Java 25)', `${variables}./sysmonstm ${tail}`),
    command('In a container', `${variables}docker run -d ${passed}--pid host --network host -v /:/host:ro,rslave sysmonstm-collector ${tail.replace(/^collector\s*/, '')}`,
      'After docker build --build-arg ROLE=collector -t sysmonstm-collector -f distributions/containers/Containerfile . in a checkout.'),
  ];
}

function withoutToken(failure) {
  const host = location.hostname || 'localhost';
  const tail = `collector --collector.aggregator-url ${host}:50051`;
  return [
    h('p', null, failure
      ? `The server gave no token: ${problemsOf(failure).join(' ')}`
      : LOOPBACK.test(host)
        ? 'This server asks nobody for a token, and listens on this machine only. Run one of these here:'
        : 'This server asks nobody for a token: whoever reaches its gRPC port may send. Run one of these on the machine:'),
    command('With the image', `sysmonstm ${tail}`),
    command('From a checkout (Java 25)', `./sysmonstm ${tail}`),
    h('p', { class: 'hint' }, 'For machines elsewhere the aggregator must listen beyond loopback, with TLS and tokens: see "Deploying" in the documentation.'),
  ];
}
