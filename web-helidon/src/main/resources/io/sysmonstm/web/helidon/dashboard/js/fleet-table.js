/** The fleet table: sortable, one row per machine, cells updated in place. */
import { h, keyedChildren, setAttribute } from './dom.js';
import { COLUMNS } from './fleet-columns.js';

const STORAGE_KEY = 'sysmonstm.fleet.sort';
// Rows that change places every second cannot be read.
const REORDER_MS = 5000;
// From here on, moving bars cost more than they tell.
const MANY_ROWS = 60;
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * Creates the table.
 *
 * @returns {{element: HTMLElement, update: (items: Array<{machine, alerts, now}>) => void, updateRow: (item) => void}}
 */
export function fleetTable() {
  const sort = restoreSort();
  const headings = COLUMNS.map((column) => heading(column, () => sortBy(column)));
  const picker = sortPicker(sort, sortBy);
  const body = h('tbody', { role: 'rowgroup' });
  const rows = keyedChildren(body, createRow);
  let items = [];
  let pointerInside = false;
  let order = [];
  let ordered = 0;

  body.addEventListener('pointerenter', () => { pointerInside = true; });
  body.addEventListener('pointerleave', () => { pointerInside = false; });

  function sortBy(column, descending = sort.key === column.key ? !sort.descending : Boolean(column.descending)) {
    sort.key = column.key;
    sort.descending = descending;
    store(sort);
    showSort();
    arrange(true);
  }

  function showSort() {
    for (const { element, column } of headings) {
      setAttribute(element, 'aria-sort', column.key !== sort.key ? null : sort.descending ? 'descending' : 'ascending');
    }
    picker.show(sort);
  }

  /** Puts rows in order now and then, but not while somebody is pointing at one or has it in focus: it must not jump away. */
  function arrange(force = false) {
    const held = !force && (Date.now() - ordered < REORDER_MS || pointerInside || body.contains(document.activeElement));
    const sorted = [...items].sort(comparator(sort));
    if (held) {
      const place = new Map(order.map((id, index) => [id, index]));
      sorted.sort((a, b) => (place.get(a.machine.id) ?? Infinity) - (place.get(b.machine.id) ?? Infinity) || 0);
    } else {
      ordered = Date.now();
    }
    order = sorted.map((item) => item.machine.id);
    rows.sync(sorted, (item) => item.machine.id);
  }

  showSort();
  const table = h('table', { class: 'fleet-table', role: 'table', 'aria-label': 'Machines', data: { testid: 'fleet-table' } },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, headings.map((entry) => entry.element))), body);
  const element = h('div', { class: 'fleet-table-wrap' }, picker.element, table);

  return {
    element,
    update(current) {
      items = current;
      setAttribute(table, 'data-many', items.length > MANY_ROWS ? 'true' : null);
      arrange();
    },
    updateRow: (item) => rows.get(item.machine.id)?.update(item),
  };
}

function heading(column, onclick) {
  const element = h('th', { scope: 'col', role: 'columnheader', class: `col-${column.key}${column.numeric ? ' is-number' : ''}` },
    h('button', { type: 'button', class: 'sort', onclick, data: { testid: `sort-${column.key}` } }, column.title,
      h('span', { class: 'sort-arrow', 'aria-hidden': 'true' })));
  return { element, column };
}

/** The narrow layout has no column headings to click on. */
function sortPicker(sort, sortBy) {
  const select = h('select', {
    id: 'fleet-sort',
    onchange: () => {
      const column = COLUMNS.find((candidate) => candidate.key === select.value);
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
    update(current) {
      setAttribute(element, 'data-status', current.machine.status);
      for (const cell of cells) cell.update(current);
    },
  };
}

/** Machines without a value come last in either direction; equal ones are ordered by name. */
function comparator({ key, descending }) {
  const { sortValue } = COLUMNS.find((column) => column.key === key);
  const absent = (value) => value == null || Number.isNaN(value);
  return (a, b) => {
    const left = sortValue(a);
    const right = sortValue(b);
    if (absent(left) !== absent(right)) return absent(left) ? 1 : -1;
    const difference = absent(left) ? 0 : typeof left === 'string' ? names.compare(left, right) : left - right;
    return (descending ? -difference : difference) || names.compare(a.machine.hostname, b.machine.hostname) || names.compare(a.machine.id, b.machine.id);
  };
}

function restoreSort() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY));
    if (COLUMNS.some((column) => column.key === stored?.key)) return stored;
  } catch {
    // A browser may refuse storage; the order is then simply not remembered.
  }
  return { key: 'status', descending: false };
}

function store(sort) {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(sort));
  } catch {
    // See restoreSort.
  }
}
