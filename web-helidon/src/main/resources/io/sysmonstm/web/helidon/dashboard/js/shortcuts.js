/** The keys of the whole dashboard. They stay out of the way of whoever types, and of the browser's own. */

/** What the help lists. */
export const SHORTCUTS = [
  { keys: ['Ctrl', 'K'], words: 'Open the command palette (⌘ K on a Mac)' },
  { keys: ['/'], words: 'Filter machines; on other pages open the palette' },
  { keys: ['j'], words: 'Next machine (also ↓)' },
  { keys: ['k'], words: 'Previous machine (also ↑)' },
  { keys: ['Enter'], words: 'Open the machine that has the focus' },
  { keys: ['g', 'm'], words: 'Go to the machines' },
  { keys: ['g', 'a'], words: 'Go to the alerts' },
  { keys: ['g', 'r'], words: 'Go to the rules' },
  { keys: ['v'], words: 'Machines as table or as cards' },
  { keys: ['t'], words: 'Light or dark' },
  { keys: [','], words: 'Preferences' },
  { keys: ['?'], words: 'This list' },
  { keys: ['Esc'], words: 'Close a dialog, leave the filter' },
];

// A second key must follow within this time.
const CHORD_MS = 1200;
const TYPING = 'input:not([type="checkbox"], [type="radio"]), select, textarea, [contenteditable]';
const GO = { m: '#/', a: '#/alerts', r: '#/rules' };

/**
 * Listens for keys.
 *
 * @param {{palette: Function, help: Function, preferences: Function, theme: Function}} actions
 */
export function listenForKeys(actions) {
  let chordUntil = 0;

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      return actions.palette();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.target.closest(TYPING)) {
      if (event.key === 'Escape' && event.target.dataset.search) leave(event.target);
      return;
    }
    const chord = chordUntil > event.timeStamp;
    chordUntil = event.key === 'g' ? event.timeStamp + CHORD_MS : 0;
    if (chord && GO[event.key]) location.hash = GO[event.key];
    else if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
    else if (event.key === 'ArrowDown' && inRows(event.target)) step(1);
    else if (event.key === 'ArrowUp' && inRows(event.target)) step(-1);
    else if (event.key === '/') search(actions);
    else if (event.key === '?') actions.help();
    else if (event.key === ',') actions.preferences();
    else if (event.key === 't') actions.theme();
    else if (event.key === 'v') toggleLayout();
    else return;
    event.preventDefault();
  });
}

const inRows = (target) => target.closest('[data-testid="machine-row"]') !== null;

function leave(input) {
  // The browser empties a search field by Escape; a second one leaves it.
  if (!input.value) input.blur();
}

function search(actions) {
  const field = document.querySelector('[data-search="page"]');
  if (field) field.focus();
  else actions.palette();
}

function toggleLayout() {
  document.querySelector('.layout-toggle [aria-pressed="false"]')?.click();
}

/** Moves the focus over the machines in the order they are shown in. */
function step(by) {
  const links = [...document.querySelectorAll('.machine-link')];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement?.closest?.('[data-testid="machine-row"]')?.querySelector('.machine-link'));
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by))];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}
