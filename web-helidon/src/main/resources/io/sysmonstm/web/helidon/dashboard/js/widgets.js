/** Small pieces that several views share: status badge, meter, relative time. */
import { h, setAttribute, setText } from './dom.js';
import { ago, dateAndTime, iso, percent, roughly } from './format.js';
import { icon } from './icons.js';
import { preferenceEvents } from './prefs.js';

const STATUS_WORDS = { up: 'Up', stale: 'Stale', down: 'Down' };

// Counts what changes the form of a date: making one for each machine each second would cost too much.
let clocks = 0;
preferenceEvents.on('change', () => { clocks++; });

/** From which percentage a value is worth a look, and from which it is trouble. */
export const STEPS = {
  cpu_percent: [75, 90],
  memory_percent: [80, 92],
  swap_percent: [50, 80],
  disk_percent: [80, 90],
};

/** `calm`, `warm` or `hot` for a percentage of a metric. */
export function step(metric, value) {
  const [warm, hot] = STEPS[metric] ?? STEPS.cpu_percent;
  return value >= hot ? 'hot' : value >= warm ? 'warm' : 'calm';
}

/** A machine's status in sign and word, with since when as far as that is known. */
export function statusBadge() {
  const word = h('span');
  const since = h('span', { class: 'since' });
  const element = h('span', { class: 'status', data: { testid: 'status' } });
  let told = null;
  let toldBy = 0;
  return {
    element,
    update(machine, now) {
      const status = STATUS_WORDS[machine.status] ? machine.status : 'stale';
      if (element.dataset.status !== status) {
        element.dataset.status = status;
        element.replaceChildren(icon(status), word, ' ', since);
      }
      setText(word, STATUS_WORDS[status]);
      const from = (status === 'up' ? machine.statusSince : machine.statusSince || machine.lastSeen) || null;
      if (from !== told || clocks !== toldBy) {
        told = from;
        toldBy = clocks;
        setAttribute(element, 'title', from ? `${status === 'up' ? 'Up' : 'No data'} since ${dateAndTime(from)} (${iso(from)})` : null);
      }
      setText(since, from ? `for ${roughly(now - from)}` : '');
    },
  };
}

/** A horizontal bar from 0 to 100; the number beside it is what screen readers read. */
export function bar() {
  const level = h('span', { class: 'bar-level' });
  const element = h('span', { class: 'bar', 'aria-hidden': 'true' }, level);
  return {
    element,
    update(metric, value) {
      const known = typeof value === 'number';
      setAttribute(element, 'data-step', known ? step(metric, value) : null);
      const transform = `scaleX(${known ? Math.min(100, Math.max(0, value)) / 100 : 0})`;
      if (level.style.transform !== transform) level.style.transform = transform;
    },
  };
}

/** A percentage as number, bar and an optional note (the name of the mount, say). */
export function meter(metric) {
  const number = h('span', { class: 'meter-number' });
  const note = h('span', { class: 'meter-note' });
  const level = bar();
  return {
    element: h('span', { class: 'meter' }, h('span', { class: 'meter-text' }, number, note), level.element),
    update(value, noteText = '') {
      setText(number, percent(value));
      setText(note, noteText);
      setAttribute(note, 'title', noteText || null);
      level.update(metric, value);
    },
  };
}

/** A `<time>` that says how long ago; its title, for whoever points at it, is the exact moment, local and ISO. */
export function relativeTime(className) {
  const element = h('time', { class: className });
  let shown = NaN;
  // Made when it is wanted: in a large fleet formatting dates would cost more than all the rest of a row.
  element.addEventListener('pointerenter', () => { element.title = shown ? `${dateAndTime(shown)} (${iso(shown)})` : ''; });
  return {
    element,
    update(ms, now) {
      setText(element, ago(ms, now));
      if (ms === shown || (Number.isNaN(ms) && Number.isNaN(shown))) return;
      shown = ms;
      setAttribute(element, 'datetime', iso(ms));
    },
  };
}

/** The words and link for a machine's page. */
export const machineHref = (id) => `#/machines/${encodeURIComponent(id)}`;
