/** What the fleet page shows: in its address, so that it can be passed on, and in part remembered for the next visit. */
import { COLUMNS, columnOf } from './fleet-columns.js';

const KEY = 'sysmonstm.fleet';
const DEFAULT_SORT = { key: 'status', descending: false };
const ALL_COLUMNS = COLUMNS.map((column) => column.key);
// Without these a row says nothing.
export const FIXED_COLUMNS = ['status', 'name'];
const DEFAULT_COLUMNS = ALL_COLUMNS.filter((key) => key !== 'process');
const DEFAULTS = { sort: DEFAULT_SORT.key, view: 'table', columns: DEFAULT_COLUMNS.join(',') };

/**
 * Reads what an address says, and what was remembered where it says nothing. What is remembered is in the address too, so that it shows the same to
 * somebody whose browser remembers something else; who has never chosen anything has a short one.
 *
 * @param {URLSearchParams} parameters `q`, `status`, `tag` (several), `sort` (`cpu`, `-cpu` for the largest first), `view`, `columns`
 */
export function fleetState(parameters) {
  const state = { text: '', status: null, tags: new Set(), sort: DEFAULT_SORT, layout: 'table', columns: new Set(DEFAULT_COLUMNS), read, write, matcher };
  /** Names of what the address says, though it may be the default. */
  let said = new Set();

  function read(from) {
    const kept = recall();
    said = new Set(Object.keys(DEFAULTS).filter((name) => from.has(name) || Object.hasOwn(kept, name)));
    state.text = from.get('q') ?? '';
    state.status = ['up', 'stale', 'down'].includes(from.get('status')) ? from.get('status') : null;
    state.tags = new Set(from.getAll('tag'));
    state.sort = sortOf(from.get('sort') ?? kept.sort);
    state.layout = (from.get('view') ?? kept.view) === 'cards' ? 'cards' : 'table';
    state.columns = columnsOf(from.get('columns') ?? kept.columns);
    address();
  }

  /** Remembers what was chosen, and puts it into the address. */
  function write() {
    remember(address());
  }

  /** Puts the state into the address, without a step in the history of the browser for every letter; answers with what is to be remembered of it. */
  function address() {
    const query = new URLSearchParams();
    if (state.text) query.set('q', state.text);
    if (state.status) query.set('status', state.status);
    for (const tag of state.tags) query.append('tag', tag);
    const chosen = Object.fromEntries(Object.entries(texts()).filter(([name, text]) => said.has(name) || text !== DEFAULTS[name]));
    for (const [name, text] of Object.entries(chosen)) {
      said.add(name);
      query.set(name, text);
    }
    const text = query.toString();
    // An address that says nothing may stay without its `#/`.
    if (location.hash.replace(/^#\/?\??/, '') !== text) history.replaceState(null, '', text ? `#/?${text}` : '#/');
    return chosen;
  }

  const texts = () => ({
    sort: (state.sort.descending ? '-' : '') + state.sort.key,
    view: state.layout,
    columns: ALL_COLUMNS.filter((key) => state.columns.has(key)).join(','),
  });

  /** Whether a machine is wanted: each word, the status, and of each tag that is chosen one of its chosen values. */
  function matcher() {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Map();
    for (const tag of state.tags) {
      const key = tag.split('=', 1)[0];
      wanted.set(key, [...wanted.get(key) ?? [], tag]);
    }
    return (machine) => {
      if (state.status && machine.status !== state.status) return false;
      const tags = tagsOf(machine);
      if (![...wanted.values()].every((some) => some.some((tag) => tags.includes(tag)))) return false;
      if (!words.length) return true;
      const haystack = [machine.hostname, machine.id, machine.status, machine.resource?.os, ...tags].join('\n').toLowerCase();
      return words.every((word) => haystack.includes(word));
    };
  }

  read(parameters);
  return state;
}

/** `key=value` for each tag of a machine. */
export const tagsOf = (machine) => Object.entries(machine.tags).map(([key, value]) => (value ? `${key}=${value}` : key));

function sortOf(text) {
  const key = String(text ?? '').replace(/^-/, '');
  return columnOf(key) ? { key, descending: text.startsWith('-') } : DEFAULT_SORT;
}

function columnsOf(text) {
  const keys = String(text ?? '').split(',').filter(columnOf);
  return new Set(keys.length ? [...FIXED_COLUMNS, ...keys] : DEFAULT_COLUMNS);
}

function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    // A browser may refuse storage; then nothing is remembered.
    return {};
  }
}

function remember(what) {
  try {
    localStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // See recall.
  }
}
