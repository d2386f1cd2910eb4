/** Which columns the fleet table has, and what cards show. */
import { h } from './dom.js';
import { COLUMNS } from './fleet-columns.js';
import { FIXED_COLUMNS } from './fleet-state.js';
import { icon } from './icons.js';

/**
 * Creates the button with its menu.
 *
 * @param {{columns: Set<string>}} state changed in place
 * @param {() => void} onChange
 */
export function columnPicker(state, onChange) {
  const boxes = COLUMNS.filter((column) => !FIXED_COLUMNS.includes(column.key)).map((column) => {
    const box = h('input', {
      type: 'checkbox', data: { testid: `column-${column.key}` },
      onchange: () => {
        if (box.checked) state.columns.add(column.key);
        else state.columns.delete(column.key);
        onChange();
      },
    });
    return { box, key: column.key, element: h('label', { class: 'check' }, box, column.title) };
  });
  const element = h('details', { class: 'menu', data: { testid: 'columns' } },
    h('summary', { class: 'button', 'aria-label': 'Columns', title: 'Columns' }, icon('columns')),
    h('div', { class: 'menu-body', role: 'group', 'aria-label': 'Columns' }, boxes.map((entry) => entry.element)));
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !element.open) return;
    event.stopPropagation();
    element.open = false;
    element.querySelector('summary').focus();
  });
  element.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !element.contains(event.relatedTarget)) element.open = false;
  });
  return {
    element,
    update() {
      for (const { box, key } of boxes) box.checked = state.columns.has(key);
    },
  };
}
