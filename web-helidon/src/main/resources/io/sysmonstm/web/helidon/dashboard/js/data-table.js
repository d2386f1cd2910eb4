/** A small table whose rows and cells are kept and updated in place. */
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';
import { NOTHING } from './format.js';
import { bar } from './widgets.js';

const collator = new Intl.Collator(undefined, { numeric: true });

/**
 * Creates a table.
 *
 * @param {object} options
 * @param {string} options.label what screen readers call the table
 * @param {string} options.testid
 * @param {Array<{title: string, read: (item) => any, format?: (value) => string, numeric?: boolean, optional?: boolean,
 *     metric?: string, bar?: string, wide?: boolean, minor?: boolean}>} options.columns `optional` columns hide while no row has a value;
 *     `bar` adds a bar with the colour steps of that metric; `minor` columns are left out on phones
 * @param {(item) => string} options.keyOf
 * @param {string} [options.sortBy] title of the column that sorts at first; given, every heading sorts
 * @returns {{element: HTMLElement, update: (items: Array) => void}}
 */
export function dataTable({ label, testid, columns, keyOf, sortBy }) {
  const headings = columns.map((column) => h('th', { scope: 'col', class: classOf(column) },
    sortBy ? h('button', { type: 'button', data: { sort: column.title }, onclick: () => sort(column) }, column.title) : column.title));
  let sorting = columns.find(({ title }) => title === sortBy) ?? null;
  let descending = Boolean(sorting?.numeric);
  let shown = [];
  const body = h('tbody');
  let visible = columns.map((column) => !column.optional);

  const rows = keyedChildren(body, (item) => {
    const cells = columns.map(createCell);
    return {
      element: h('tr', { data: { testid: `${testid}-row`, key: keyOf(item) } }, cells.map((cell) => cell.element)),
      update: (current) => cells.forEach((cell, index) => cell.update(current, visible[index])),
    };
  });

  /** Sorts by a column, numbers from the greatest on; a second time the other way round. */
  function sort(column) {
    descending = sorting === column ? !descending : Boolean(column.numeric);
    sorting = column;
    render();
  }

  function render() {
    headings.forEach((heading, index) => setAttribute(heading, 'aria-sort',
      columns[index] !== sorting ? null : descending ? 'descending' : 'ascending'));
    rows.sync(sorting ? [...shown].sort((a, b) => (descending ? -1 : 1) * compare(sorting.read(a), sorting.read(b))) : shown, keyOf);
  }

  return {
    element: h('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': label },
      h('table', { class: 'data-table', 'aria-label': label, data: { testid } }, h('thead', null, h('tr', null, headings)), body)),
    update(items) {
      visible = columns.map((column) => !column.optional || items.some((item) => column.read(item) != null));
      headings.forEach((heading, index) => setShown(heading, visible[index]));
      shown = items;
      render();
    },
  };
}

const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a ?? '', b ?? ''));

const classOf = (column) => [column.numeric && 'is-number', column.wide && 'is-wide', column.minor && 'is-minor'].filter(Boolean).join(' ') || null;

function createCell(column) {
  const text = h('span', { class: 'cell-text' });
  const level = column.bar ? bar() : null;
  const element = h('td', { class: classOf(column), data: column.metric ? { metric: column.metric } : {} }, text, level?.element);
  return {
    element,
    update(item, visible) {
      const value = column.read(item);
      const words = value == null || value === '' ? NOTHING : column.format ? column.format(value) : String(value);
      setText(text, words);
      if (column.wide && element.title !== words) element.title = words;
      level?.update(column.bar, value);
      setShown(element, visible);
    },
  };
}
