/** The columns of the fleet table: how each is named, sorted and filled. */
import { h, setAttribute, setShown, setText } from './dom.js';
import { byteRate, decimal, percent } from './format.js';
import { icon } from './icons.js';
import { busiestProcess, networkRate, worstDisk } from './readings.js';
import { sparkline } from './sparkline.js';
import { severityRank } from './store.js';
import { bar, machineHref, meter, relativeTime, statusBadge } from './widgets.js';

const STATUS_ORDER = { down: 0, stale: 1, up: 2 };

function textCell(read, format) {
  return () => {
    const element = h('span', { class: 'number' });
    return { element, update: ({ machine }) => setText(element, format(read(machine))) };
  };
}

function nameCell({ machine }) {
  const link = h('a', { class: 'machine-link', href: machineHref(machine.id) });
  const id = h('span', { class: 'machine-id' });
  return {
    element: h('span', { class: 'machine-name' }, link, id),
    update({ machine: current, twin }) {
      setText(link, current.hostname);
      setAttribute(link, 'title', current.hostname === current.id ? current.id : `${current.hostname}, ${current.id}`);
      setText(id, twin ? current.id : '');
    },
  };
}

function diskCell() {
  const { element, update } = meter('disk_percent');
  return {
    element,
    update({ machine }) {
      const disk = worstDisk(machine);
      update(disk?.value, disk?.labels.mount);
    },
  };
}

/** A percentage with its last minutes beside it. */
function trendCell(metric) {
  return () => {
    const number = h('span', { class: 'meter-number' });
    const line = sparkline(100);
    const level = bar();
    return {
      element: h('span', { class: 'meter' }, h('span', { class: 'meter-text' }, number, line.element), level.element),
      update({ machine, trends }) {
        const value = machine.value(metric);
        setText(number, percent(value));
        level.update(metric, value);
        line.update(trends.of(machine.id, metric));
      },
    };
  };
}

function rateCell(metric, withTrend) {
  return () => {
    const number = h('span', { class: 'number' });
    const line = withTrend ? sparkline() : null;
    return {
      element: h('span', { class: 'rate' }, number, line?.element),
      update({ machine, trends }) {
        setText(number, byteRate(networkRate(machine, metric)));
        line?.update(trends.of(machine.id, metric));
      },
    };
  };
}

function processCell() {
  const name = h('span', { class: 'process-name' });
  const use = h('span', { class: 'process-use' });
  return {
    element: h('span', { class: 'process' }, name, use),
    update({ machine }) {
      const process = busiestProcess(machine);
      setText(name, process?.name ?? '–');
      setAttribute(name, 'title', process ? `${process.name}, pid ${process.pid}` : null);
      setText(use, process ? percent(process.cpu_percent) : '');
    },
  };
}

function alertCell() {
  const sign = h('span');
  const words = h('span');
  const element = h('a', { class: 'alert-count', data: { testid: 'alert-badge' } }, sign, words);
  return {
    element,
    update({ machine, alerts }) {
      // The page of the machine has its alerts on top, and beside them what made them fire.
      setAttribute(element, 'href', machineHref(machine.id));
      if (element.dataset.severity !== (alerts.worst ?? '')) {
        element.dataset.severity = alerts.worst ?? '';
        sign.replaceChildren(...(alerts.worst ? [icon(alerts.worst)] : []));
      }
      setText(words, alerts.count ? String(alerts.count) : '');
      setShown(element, alerts.count > 0);
      setAttribute(element, 'aria-label', alerts.count ? `${alerts.count} firing on ${machine.hostname}, worst ${alerts.worst}` : null);
    },
  };
}

function seenCell() {
  const time = relativeTime('number');
  return { element: time.element, update: ({ machine, now }) => time.update(machine.lastSeen, now) };
}

function statusCell() {
  const badge = statusBadge();
  return { element: badge.element, update: ({ machine, now }) => badge.update(machine, now) };
}

/**
 * Columns in order. `metric` names what the cell shows, `sortValue` what the column sorts by, `descending` whether the first click puts the largest on
 * top. `width` is the least in pixels, `grows` its share of the rest; where there is not room for all, those of the lowest `rank` go first.
 */
export const COLUMNS = [
  { key: 'status', title: 'Status', width: 96, rank: 9, cell: statusCell, sortValue: ({ machine }) => STATUS_ORDER[machine.status] ?? 1 },
  { key: 'name', title: 'Machine', width: 150, grows: 2, rank: 10, cell: nameCell, sortValue: ({ machine }) => machine.hostname.toLowerCase() },
  { key: 'cpu', title: 'CPU', metric: 'cpu_percent', width: 112, grows: 1, rank: 8, descending: true,
    cell: trendCell('cpu_percent'), sortValue: ({ machine }) => machine.value('cpu_percent') },
  { key: 'memory', title: 'Memory', metric: 'memory_percent', width: 112, grows: 1, rank: 7, descending: true,
    cell: trendCell('memory_percent'), sortValue: ({ machine }) => machine.value('memory_percent') },
  { key: 'disk', title: 'Fullest disk', metric: 'disk_percent', width: 96, grows: 1, rank: 6, descending: true,
    cell: diskCell, sortValue: ({ machine }) => worstDisk(machine)?.value },
  { key: 'in', title: 'Net in', metric: 'network_recv_bytes_sec', width: 150, rank: 3, descending: true,
    cell: rateCell('network_recv_bytes_sec', true), sortValue: ({ machine }) => networkRate(machine, 'network_recv_bytes_sec') },
  { key: 'out', title: 'Net out', metric: 'network_sent_bytes_sec', width: 96, rank: 1, descending: true, numeric: true,
    cell: rateCell('network_sent_bytes_sec', false), sortValue: ({ machine }) => networkRate(machine, 'network_sent_bytes_sec') },
  { key: 'load', title: 'Load 1m', metric: 'load_avg_1m', width: 76, rank: 2, descending: true, numeric: true,
    cell: textCell((machine) => machine.value('load_avg_1m'), decimal), sortValue: ({ machine }) => machine.value('load_avg_1m') },
  { key: 'process', title: 'Busiest process', width: 140, rank: 0, cell: processCell, descending: true,
    sortValue: ({ machine }) => busiestProcess(machine)?.cpu_percent },
  { key: 'alerts', title: 'Alerts', width: 56, rank: 5, descending: true, cell: alertCell,
    sortValue: ({ alerts }) => (alerts.count ? (severityRank(alerts.worst) + 1) * 10_000 + alerts.count : 0) },
  { key: 'seen', title: 'Last seen', width: 92, rank: 4, descending: true, numeric: true, cell: seenCell, sortValue: ({ machine }) => machine.lastSeen },
];

/** A column by its key, or undefined. */
export const columnOf = (key) => COLUMNS.find((column) => column.key === key);
