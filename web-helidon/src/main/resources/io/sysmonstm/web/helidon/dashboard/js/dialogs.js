/** Dialogs over a page: preferences and the list of shortcuts. The browser keeps the focus inside and gives it back afterwards. */
import { h, setAttribute } from './dom.js';
import { PREFERENCES, prefer, preference } from './prefs.js';
import { SHORTCUTS } from './shortcuts.js';

let ids = 0;

/**
 * Opens a modal dialog, which is gone when it is closed.
 *
 * @param {string} title
 * @param {string} testid
 * @param {...Node} content
 * @returns {HTMLDialogElement}
 */
function open(title, testid, ...content) {
  for (const other of document.querySelectorAll('dialog[open]')) other.close();
  const id = `dialog-${++ids}`;
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id, data: { testid } },
    h('div', { class: 'dialog-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'button small', onclick: () => dialog.close() }, 'Close')),
    h('div', { class: 'dialog-body' }, content));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    // The dialog itself is hit only beside what is in it.
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Theme, units, times. What is chosen holds at once. */
export function openPreferences() {
  open('Preferences', 'preferences', ...Object.entries(PREFERENCES).map(([name, { title, values }]) => {
    const select = h('select', { id: `preference-${name}`, data: { testid: `preference-${name}` }, onchange: () => prefer(name, select.value) },
      Object.entries(values).map(([value, words]) => h('option', { value }, words)));
    select.value = preference(name);
    return h('div', { class: 'field' }, h('label', { for: select.id }, title), select);
  }), h('p', { class: 'hint' }, 'Kept in this browser. A time always has its exact instant in UTC as a title: point at it.'));
}

/** What keys do. */
export function openHelp() {
  open('Keyboard shortcuts', 'help', h('dl', { class: 'keys' }, SHORTCUTS.map(({ keys, words }) => [
    h('dt', null, keys.map((key, index) => [index ? ' ' : '', h('kbd', null, key)])), h('dd', null, words)])));
}

/** Copies a text, and says so on the button. */
export function copyButton(read) {
  const button = h('button', { type: 'button', class: 'button', data: { testid: 'copy' }, onclick: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(read());
      button.textContent = 'Copied';
    } catch {
      // Without TLS a browser may refuse; the text can be selected then.
      button.textContent = 'Select it and copy';
      setAttribute(button, 'disabled', '');
    }
    setTimeout(() => {
      button.textContent = 'Copy';
      setAttribute(button, 'disabled', null);
    }, 3000);
  }
  return button;
}
