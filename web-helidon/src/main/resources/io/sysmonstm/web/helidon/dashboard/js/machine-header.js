/** Who a machine is: name, status, tags, inventory, and the few numbers that fit on a line. */
import { forgetMachine, problemsOf } from './api.js';
import { h, keyedChildren, setShown, setText } from './dom.js';
import { bytes, count, dateAndTime, duration, iso, temperature, toMillis } from './format.js';
import { sureButton } from './forms.js';
import { relativeTime, statusBadge } from './widgets.js';

/** What the inventory lists; an empty text leaves the entry out. */
const FACTS = [
  { name: 'System', read: ({ resource }) => [resource.os, resource.os_version, resource.arch].filter(Boolean).join(' ') },
  { name: 'Processor', read: ({ resource }) => resource.cpu_model },
  { name: 'Cores', read: ({ resource, machine }) => cores(resource.logical_cpus ?? machine.value('cpu_logical_count'), machine.value('cpu_physical_count')) },
  { name: 'Memory', read: ({ resource, machine }) => orEmpty(bytes, resource.memory_bytes ?? machine.value('memory_total_bytes')) },
  { name: 'Running for', read: ({ machine, boot, now }) => uptime(machine, boot, now), title: ({ boot }) => boot && `Booted ${dateAndTime(boot)} (${iso(boot)})` },
  { name: 'Processes', read: ({ machine }) => orEmpty(count, machine.value('process_count')) },
  { name: 'Threads', read: ({ machine }) => orEmpty(count, machine.value('thread_count')) },
  { name: 'Open files', read: ({ machine }) => orEmpty(count, machine.value('fd_open')) },
  { name: 'CPU temperature', read: ({ machine }) => orEmpty(temperature, machine.value('cpu_temperature_celsius')) },
  { name: 'Collector', read: ({ resource }) => resource.collector_version },
];

const orEmpty = (format, value) => (value == null ? '' : format(value));

const cores = (logical, physical) => (physical && physical !== logical ? `${logical} (${physical} physical)` : logical);

function uptime(machine, boot, now) {
  const seconds = machine.value('uptime_seconds');
  if (seconds != null) return duration(seconds * 1000);
  return boot ? duration(now - boot) : '';
}

/**
 * Creates the header.
 *
 * @returns {{element: HTMLElement, update: (machine: import('./machine-state.js').Machine, now: number) => void}}
 */
export function machineHeader() {
  const name = h('h1', { tabindex: '-1', data: { testid: 'machine-name' } });
  const id = h('span', { class: 'machine-id', data: { testid: 'machine-id' } });
  const status = statusBadge();
  const seen = relativeTime('seen-time');
  const tagList = h('ul', { class: 'tags', 'aria-label': 'Tags' });
  const tags = keyedChildren(tagList, (tag) => ({ element: h('li', { class: 'tag' }, tag), update() {} }));
  const factList = h('dl', { class: 'facts' });
  const facts = keyedChildren(factList, createFact);
  const problem = h('span', { class: 'hint', role: 'status', data: { testid: 'forget-problem' } });
  const forget = sureButton('Remove', 'Really remove?', 'forget-machine', forgetShown, 'button small for-admins for-rest');
  forget.title = 'No longer show this machine, nor miss it. Its history stays as long as any.';
  setShown(forget, false);
  let shown = null;
  const element = h('header', { class: 'panel machine-header' },
    h('div', { class: 'machine-title' }, name, id, status.element,
      h('span', { class: 'seen' }, 'last seen ', seen.element), forget, problem),
    tagList, factList);

  async function forgetShown() {
    forget.disabled = true;
    setText(problem, '');
    try {
      await forgetMachine(shown);
      // Whoever has gone elsewhere meanwhile stays there.
      if (element.isConnected) location.hash = '#/';
    } catch (failure) {
      setText(problem, problemsOf(failure).join(' '));
    } finally {
      forget.disabled = false;
    }
  }

  return {
    element,
    update(machine, now) {
      shown = machine.id;
      // Of others the next batch is on its way.
      setShown(forget, machine.status === 'down');
      setShown(problem, machine.status === 'down');
      setText(name, machine.hostname);
      setText(id, machine.hostname === machine.id ? '' : machine.id);
      status.update(machine, now);
      seen.update(machine.lastSeen, now);
      const labels = Object.entries(machine.tags).map(([key, value]) => (value ? `${key}=${value}` : key));
      tags.sync(labels, (label) => label);
      setShown(tagList, labels.length > 0);
      const resource = machine.resource ?? {};
      const boot = toMillis(resource.boot_time ?? resource.boot_time_ms) || null;
      const context = { machine, resource, boot, now };
      facts.sync(FACTS
        .map((fact) => ({ name: fact.name, text: String(fact.read(context) ?? ''), title: fact.title?.(context) ?? '' }))
        .filter((fact) => fact.text), (fact) => fact.name);
    },
  };
}

function createFact({ name }) {
  const value = h('dd');
  return {
    element: h('div', { class: 'fact' }, h('dt', null, name), value),
    update({ text, title }) {
      setText(value, text);
      if (value.title !== (title || text)) value.title = title || text;
    },
  };
}
