/** The command palette: machines, pages and actions by a few letters. */
import { h, setAttribute } from './dom.js';
import { openHelp, openPreferences } from './dialogs.js';
import { PREFERENCES, prefer, preference } from './prefs.js';
import { PRESETS } from './ranges.js';
import { machineHref } from './widgets.js';

const MOST = 30;

/**
 * Opens it.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {boolean} rest whether there is more than the live view
 */
export function openPalette(store, rest) {
  if (document.querySelector('dialog.palette')) return;
  const commands = [...pages(rest), ...machines(store), ...ranges(), ...actions()];
  const input = h('input', {
    type: 'text', role: 'combobox', placeholder: 'Go to a machine or page, or do something', autocomplete: 'off', spellcheck: 'false',
    'aria-label': 'Command', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list', data: { testid: 'palette-input' },
    oninput: () => show(),
  });
  const list = h('ul', { id: 'palette-list', role: 'listbox', 'aria-label': 'Commands' });
  const none = h('p', { role: 'status' });
  const dialog = h('dialog', { class: 'dialog palette', 'aria-label': 'Command palette', data: { testid: 'palette' } }, input, list, none);
  let found = [];
  let selected = 0;

  function show() {
    found = search(commands, input.value);
    selected = 0;
    list.replaceChildren(...found.map((command, index) => h('li', {
      role: 'option', id: `palette-${index}`, data: { testid: 'palette-option' }, onclick: () => run(command), onpointermove: () => select(index),
    }, h('span', { class: 'palette-name' }, command.name), h('span', { class: 'palette-kind' }, command.kind))));
    none.textContent = found.length ? '' : 'Nothing matches.';
    list.hidden = !found.length;
    select(0);
  }

  function select(index) {
    selected = index;
    [...list.children].forEach((option, at) => setAttribute(option, 'aria-selected', String(at === index)));
    setAttribute(input, 'aria-activedescendant', found.length ? `palette-${index}` : null);
    list.children[index]?.scrollIntoView({ block: 'nearest' });
  }

  function run(command) {
    dialog.close();
    command.run();
  }

  dialog.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && found.length) select((selected + by + found.length) % found.length);
    else if (event.key === 'Enter' && found[selected]) run(found[selected]);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  show();
}

const go = (hash) => () => { location.hash = hash; };

function pages(rest) {
  const all = [['Machines', '#/']];
  if (rest) all.push(['Alerts', '#/alerts'], ['Rules', '#/rules'], ['New rule', '#/new-rule'], ['Add a machine', '#/add-machine']);
  return all.map(([name, hash]) => ({ name, kind: 'Page', run: go(hash) }));
}

function machines(store) {
  return [...store.machines.values()].map((machine) => ({
    name: machine.hostname, more: `${machine.id} ${Object.values(machine.tags).join(' ')}`, kind: machine.status === 'up' ? 'Machine' : `Machine, ${machine.status}`,
    run: go(machineHref(machine.id)),
  }));
}

/** On a machine's page, how far back its charts go. */
function ranges() {
  const [path] = location.hash.split('?');
  if (!path.startsWith('#/machines/')) return [];
  return PRESETS.map(({ key, title }) => ({ name: `Last ${title}`, kind: 'Range', run: go(`${path}?range=${key}`) }));
}

function actions() {
  const preferences = Object.entries(PREFERENCES).flatMap(([name, { title, values }]) => Object.entries(values)
    .filter(([value]) => value !== preference(name))
    .map(([value, words]) => ({ name: `${title}: ${words}`, kind: 'Preference', run: () => prefer(name, value) })));
  return [
    ...preferences,
    { name: 'Preferences…', kind: 'Action', run: openPreferences },
    { name: 'Keyboard shortcuts', kind: 'Action', run: openHelp },
  ];
}

/** Names that begin with the words come first, then those that contain them, then those that are otherwise about them. */
function search(commands, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return commands.slice(0, MOST);
  return commands
    .map((command) => ({ command, score: score(command, words) }))
    .filter(({ score: points }) => points > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ command }) => command);
}

function score({ name, more = '', kind }, words) {
  const lower = name.toLowerCase();
  let total = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at === 0) total += 4;
    else if (at > 0) total += 2;
    else if (`${more} ${kind}`.toLowerCase().includes(word)) total += 1;
    else return 0;
  }
  return total;
}
