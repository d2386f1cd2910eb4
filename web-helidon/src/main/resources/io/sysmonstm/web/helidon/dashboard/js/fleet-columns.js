/** The columns of the fleet table: how each is named, sorted and filled. */
import { h, setAttribute, setText } from './dom.js';
import { byteRate, decimal } from './format.js';
import { icon } from './icons.js';
import { machineHref, meter, relativeTime, statusBadge } from './widgets.js';
import { severityRank } from './store.js';

const STATUS_ORDER = { down: 0, stale: 1, up: 2 };
// Images of software are always "full"; they would hide the disk that really fills up.
const READ_ONLY_FILE_SYSTEMS = new Set(['squashfs', 'iso9660', 'erofs', 'udf']);

/** The fullest writable disk of a machine as `{labels, value}`, or undefined. */
export function worstDisk(machine) {
  return machine.readings('disk_percent')
    .filter((reading) => !READ_ONLY_FILE_SYSTEMS.has(reading.labels.fstype))
    .reduce((worst, reading) => (worst && worst.value >= reading.value ? worst : reading), undefined);
}

const notLoopback = (labels) => !/^lo\d*$/.test(labels.interface ?? '');

/** Bytes a second over all interfaces of a machine, or undefined. */
export const networkRate = (machine, metric) => machine.sum(metric, notLoopback);

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
    update({ machine: current }) {
      setText(link, current.hostname);
      setAttribute(link, 'title', current.hostname);
      setText(id, current.hostname === current.id ? '' : current.id);
    },
  };
}

function meterCell(metric, read) {
  return () => {
    const { element, update } = meter(metric);
    return {
      element,
      update({ machine }) {
        const { value, note } = read(machine);
        update(value, note);
      },
    };
  };
}

function alertCell() {
  const sign = h('span');
  const words = h('span');
  const element = h('span', { class: 'alert-count' }, sign, words);
  return {
    element,
    update({ alerts }) {
      if (element.dataset.severity !== (alerts.worst ?? '')) {
        element.dataset.severity = alerts.worst ?? '';
        sign.replaceChildren(...(alerts.worst ? [icon(alerts.worst)] : []));
      }
      setText(words, alerts.count ? String(alerts.count) : '');
      setAttribute(element, 'aria-label', alerts.count ? `${alerts.count} firing, worst ${alerts.worst}` : 'none firing');
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

const plain = (metric) => (machine) => ({ value: machine.value(metric) });
const worstDiskWithMount = (machine) => {
  const disk = worstDisk(machine);
  return { value: disk?.value, note: disk?.labels.mount };
};

/**
 * Columns in order. `metric` names what the cell shows, `sortValue` what the column sorts by, `descending` whether the
 * first click puts the largest on top.
 */
export const COLUMNS = [
  { key: 'status', title: 'Status', cell: statusCell, sortValue: ({ machine }) => STATUS_ORDER[machine.status] ?? 1 },
  { key: 'name', title: 'Machine', cell: nameCell, sortValue: ({ machine }) => machine.hostname.toLowerCase() },
  { key: 'cpu', title: 'CPU', metric: 'cpu_percent', descending: true,
    cell: meterCell('cpu_percent', plain('cpu_percent')), sortValue: ({ machine }) => machine.value('cpu_percent') },
  { key: 'memory', title: 'Memory', metric: 'memory_percent', descending: true,
    cell: meterCell('memory_percent', plain('memory_percent')), sortValue: ({ machine }) => machine.value('memory_percent') },
  { key: 'disk', title: 'Fullest disk', metric: 'disk_percent', descending: true,
    cell: meterCell('disk_percent', worstDiskWithMount), sortValue: ({ machine }) => worstDisk(machine)?.value },
  { key: 'in', title: 'Net in', metric: 'network_recv_bytes_sec', descending: true, numeric: true,
    cell: textCell((machine) => networkRate(machine, 'network_recv_bytes_sec'), byteRate),
    sortValue: ({ machine }) => networkRate(machine, 'network_recv_bytes_sec') },
  { key: 'out', title: 'Net out', metric: 'network_sent_bytes_sec', descending: true, numeric: true,
    cell: textCell((machine) => networkRate(machine, 'network_sent_bytes_sec'), byteRate),
    sortValue: ({ machine }) => networkRate(machine, 'network_sent_bytes_sec') },
  { key: 'load', title: 'Load 1m', metric: 'load_avg_1m', descending: true, numeric: true,
    cell: textCell((machine) => machine.value('load_avg_1m'), decimal), sortValue: ({ machine }) => machine.value('load_avg_1m') },
  { key: 'alerts', title: 'Alerts', descending: true, cell: alertCell,
    sortValue: ({ alerts }) => (alerts.count ? (severityRank(alerts.worst) + 1) * 10_000 + alerts.count : 0) },
  { key: 'seen', title: 'Last seen', descending: true, numeric: true, cell: seenCell, sortValue: ({ machine }) => machine.lastSeen },
];
