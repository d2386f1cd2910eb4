/** The machines of the fleet page as table or as cards: one row each, cells updated in place, of rows out of sight only now and then. */
import { h, placeBefore, setAttribute } from './dom.js';
import { COLUMNS, columnOf } from './fleet-columns.js';

// Rows that change places every second cannot be read; at first, while machines and values come in, not even every few.
const REORDER_MS = 5000;
const FIRST_ORDER_MS = 20_000;
// Who rests the pointer on a row, or has tabbed to it, is taken to read it for so long.
const READING_MS = 30_000;
// From here on, moving bars cost more than they tell.
const MANY_ROWS = 60;
// What fills a screen is there at once, the rest follows in steps that leave room for a frame.
const ROWS_AT_ONCE = 48;
const ROWS_PER_STEP = 24;
// Rows out of sight are brought up to date in turns: each within so many updates.
const TURNS = 8;
// As in the style sheet.
const COLUMN_GAP = 24;
const ROW_PADDING = 32;
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * Creates the table.
 *
 * @param {{sort: {key: string, descending: boolean}, columns: Set<string>, layout: 'table'|'cards'}} state what the address says; changed in place by
 *     clicks on headings
 * @param {() => void} onSorted called after such a click
 * @returns {{element: HTMLElement, update: Function, updateRow: Function, restate: Function, destroy: Function}}
 */
export function fleetTable(state, onSorted) {
  const headings = COLUMNS.map((column) => heading(column, () => sortBy(column)));
  const picker = sortPicker(sortBy);
  const body = h('tbody', { role: 'rowgroup' });
  const rows = new Map();
  const table = h('table', { class: 'fleet-table', role: 'table', 'aria-label': 'Machines', data: { testid: 'fleet-table' } },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, headings.map((entry) => entry.element))), body);
  const element = h('div', { class: 'fleet-table-wrap' }, picker.element, table);
  let items = [];
  let readUntil = 0;
  let order = new Map();
  let orderUntil = 0;
  let turn = 0;
  let growing = 0;

  for (const type of ['pointermove', 'keyup', 'focusin']) body.addEventListener(type, () => { readUntil = Date.now() + READING_MS; });
  body.addEventListener('pointerleave', () => { readUntil = 0; });
  body.addEventListener('contentvisibilityautostatechange', (event) => {
    const row = rows.get(event.target.dataset?.machine);
    if (!row) return;
    row.visible = !event.skipped;
    if (row.visible) row.update(row.item);
  }, true);
  const resized = new ResizeObserver(fit);
  resized.observe(element);

  function sortBy(column, descending = state.sort.key === column.key ? !state.sort.descending : Boolean(column.descending)) {
    state.sort = { key: column.key, descending };
    showSort();
    arrange();
    onSorted();
  }

  /** Shows as many of the chosen columns as there is room for. */
  function fit() {
    const width = element.clientWidth || window.innerWidth - 42;
    setAttribute(table, 'data-layout', state.layout === 'cards' || width < 640 ? 'cards' : 'table');
    setAttribute(element, 'data-layout', table.dataset.layout);
    const chosen = COLUMNS.filter((column) => state.columns.has(column.key));
    let shown = chosen;
    if (table.dataset.layout === 'table') {
      const needs = () => ROW_PADDING - COLUMN_GAP + shown.reduce((sum, column) => sum + column.width + COLUMN_GAP, 0);
      while (needs() > width && shown.length > 2) {
        const least = shown.reduce((low, column) => (column.rank < low.rank ? column : low));
        shown = shown.filter((column) => column !== least);
      }
    }
    table.style.setProperty('--columns', shown.map(({ width: least, grows }) => (grows ? `minmax(${least}px, ${grows}fr)` : `${least}px`)).join(' '));
    setAttribute(table, 'data-hidden', COLUMNS.filter((column) => !shown.includes(column)).map((column) => column.key).join(' '));
  }

  function showSort() {
    for (const { element: cell, column } of headings) {
      setAttribute(cell, 'aria-sort', column.key !== state.sort.key ? null : state.sort.descending ? 'descending' : 'ascending');
    }
    picker.show(state.sort);
  }

  function rowOf(item) {
    const row = rows.get(item.machine.id) ?? createRow(item);
    rows.set(item.machine.id, row);
    row.item = item;
    return row;
  }

  /**
   * Puts rows in order, not while somebody reads one: it must not jump away.
   *
   * @param {boolean} [keep] whether those that have a place keep it
   */
  function arrange(keep = false) {
    const time = Date.now();
    const held = keep && (time < orderUntil || time < readUntil);
    const placeOf = (item) => order.get(item.machine.id) ?? Infinity;
    const sorted = held ? [...items].sort((a, b) => placeOf(a) - placeOf(b) || 0) : sortedBy(items, state.sort);
    if (!held && sorted.length) orderUntil = time + (order.size ? REORDER_MS : FIRST_ORDER_MS);
    order = new Map(sorted.map((item, index) => [item.machine.id, index]));
    place(sorted);
  }

  /** Takes over what the address says by now. */
  function restate() {
    fit();
    showSort();
    arrange();
  }

  function place(sorted) {
    cancelAnimationFrame(growing);
    const wanted = new Set(order.keys());
    for (const child of [...body.children]) {
      if (!wanted.has(child.dataset.machine)) child.remove();
    }
    turn = (turn + 1) % TURNS;
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    let next = body.firstElementChild;
    let index = 0;
    const until = (most, fresh) => {
      for (; index < sorted.length && fresh > 0 && index < most; index++) {
        const known = rows.has(sorted[index].machine.id);
        const row = rowOf(sorted[index]);
        if (!known) fresh--;
        if (!known || row.visible || index % TURNS === turn) row.update(row.item);
        next = placeBefore(body, row.element, next);
      }
    };
    until(sorted.length, ROWS_AT_ONCE);
    const grow = () => {
      until(sorted.length, ROWS_PER_STEP);
      if (index < sorted.length) growing = requestAnimationFrame(grow);
    };
    if (index < sorted.length) growing = requestAnimationFrame(grow);
    // Moving an element takes the focus away from it; a keyboard user must not lose their place when rows are re-sorted.
    if (focused && focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
  }

  fit();
  showSort();
  return {
    element,
    /**
     * @param {Array<{machine, alerts, now, trends, twin: boolean}>} current what is to be shown
     * @param {Map} known all machines there are: rows of others are forgotten
     * @param {boolean} [keep] whether rows may stay in the order they have
     */
    update(current, known, keep = true) {
      items = current;
      for (const id of rows.keys()) {
        if (!known.has(id)) rows.delete(id);
      }
      setAttribute(table, 'data-many', items.length > MANY_ROWS ? 'true' : null);
      setAttribute(table, 'aria-rowcount', items.length + 1);
      arrange(keep);
    },
    updateRow(item) {
      const row = rows.get(item.machine.id);
      if (!row) return;
      row.item = item;
      if (row.visible) row.update(item);
    },
    restate,
    destroy() {
      resized.disconnect();
      cancelAnimationFrame(growing);
    },
  };
}

function heading(column, onclick) {
  const element = h('th', { scope: 'col', role: 'columnheader', class: `col-${column.key}${column.numeric ? ' is-number' : ''}` },
    h('button', { type: 'button', class: 'sort', onclick, data: { testid: `sort-${column.key}` } }, column.title,
      h('span', { class: 'sort-arrow', 'aria-hidden': 'true' })));
  return { element, column };
}

/** Cards have no column headings to click on. */
function sortPicker(sortBy) {
  const select = h('select', {
    id: 'fleet-sort', data: { testid: 'sort-picker' },
    onchange: () => {
      const column = columnOf(select.value);
      sortBy(column, Boolean(column.descending));
    },
  }, COLUMNS.map((column) => h('option', { value: column.key }, column.title)));
  return {
    element: h('p', { class: 'sort-picker' }, h('label', { for: 'fleet-sort' }, 'Sort by'), select),
    show: (current) => { select.value = current.key; },
  };
}

function createRow(item) {
  const cells = COLUMNS.map((column) => column.cell(item));
  const element = h('tr', { role: 'row', data: { testid: 'machine-row', machine: item.machine.id } },
    COLUMNS.map((column, index) => h(column.key === 'name' ? 'th' : 'td', {
      scope: column.key === 'name' ? 'row' : null,
      role: column.key === 'name' ? 'rowheader' : 'cell',
      class: `col-${column.key}${column.numeric ? ' is-number' : ''}`,
      data: { label: column.title, ...(column.metric && { metric: column.metric }) },
    }, cells[index].element)));
  return {
    element,
    item,
    // Until the browser says otherwise.
    visible: true,
    update(current) {
      setAttribute(element, 'data-status', current.machine.status);
      for (const cell of cells) cell.update(current);
    },
  };
}

/** Machines without a value come last in either direction; equal ones are ordered by name. */
function sortedBy(items, { key, descending }) {
  const { sortValue } = columnOf(key);
  const absent = (value) => value == null || Number.isNaN(value);
  const byName = (a, b) => names.compare(a.machine.hostname, b.machine.hostname) || names.compare(a.machine.id, b.machine.id);
  return items
    .map((item) => ({ item, value: sortValue(item) }))
    .sort((a, b) => {
      if (absent(a.value) !== absent(b.value)) return absent(a.value) ? 1 : -1;
      const difference = absent(a.value) ? 0 : typeof a.value === 'string' ? names.compare(a.value, b.value) : a.value - b.value;
      return (descending ? -difference : difference) || byName(a.item, b.item);
    })
    .map(({ item }) => item);
}
