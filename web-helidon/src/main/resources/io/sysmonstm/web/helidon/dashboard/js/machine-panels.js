/** The live panels of a machine page: cores, top processes, disks, network interfaces. A panel without data is not there. */
import { dataTable } from './data-table.js';
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';
import { byteRate, bytes, count, decimal, percent } from './format.js';
import { step } from './widgets.js';

const natural = new Intl.Collator(undefined, { numeric: true });

function panel(title, hint, content, testid) {
  return h('section', { class: 'panel', 'aria-label': title, data: { testid } },
    h('div', { class: 'panel-head' }, h('h3', null, title), hint && h('span', { class: 'hint' }, hint)), content);
}

/**
 * Creates all live panels, in two columns that fill independently of each other.
 *
 * @returns {{element: HTMLElement, update: (machine: import('./machine-state.js').Machine) => void}}
 */
export function machinePanels() {
  const columns = [[coresPanel(), disksPanel()], [processesPanel(), interfacesPanel()]];
  return {
    element: h('div', { class: 'panels' }, columns.map((panels) => h('div', { class: 'panel-column' }, panels.map(({ element }) => element)))),
    update: (machine) => columns.flat().forEach((panel) => panel.update(machine)),
  };
}

function coresPanel() {
  const list = h('ul', { class: 'cores' });
  const cores = keyedChildren(list, createCore);
  const element = panel('Cores', 'busy now, in percent', list, 'cores');
  return {
    element,
    update(machine) {
      const readings = [...machine.readings('cpu_percent_per_core')].sort((a, b) => natural.compare(a.labels.core, b.labels.core));
      cores.sync(readings, ({ labels }) => String(labels.core));
      setAttribute(list, 'data-many', readings.length > 16 ? 'true' : null);
      setShown(element, readings.length > 0);
    },
  };
}

function createCore({ labels }) {
  const level = h('span', { class: 'core-level' });
  const value = h('span', { class: 'core-value' });
  const element = h('li', { class: 'core', data: { testid: 'core', core: labels.core } },
    h('span', { class: 'core-well', 'aria-hidden': 'true' }, level),
    h('span', { class: 'core-name' }, h('span', { class: 'visually-hidden' }, 'Core '), labels.core),
    value);
  return {
    element,
    update({ value: busy }) {
      level.style.transform = `scaleY(${Math.min(100, Math.max(0, busy)) / 100})`;
      setAttribute(element, 'data-step', step('cpu_percent', busy));
      setAttribute(element, 'title', `Core ${labels.core}: ${percent(busy)}`);
      setText(value, String(Math.round(busy)));
    },
  };
}

function processesPanel() {
  const table = dataTable({
    label: 'Top processes', testid: 'processes', keyOf: (process) => `${process.pid} ${process.name}`, sortBy: 'CPU',
    columns: [
      { title: 'Process', read: (process) => process.name, wide: true },
      { title: 'PID', read: (process) => process.pid, numeric: true },
      { title: 'User', read: (process) => process.user, minor: true },
      { title: 'CPU', read: (process) => process.cpu_percent, format: percent, numeric: true },
      { title: 'Memory', read: (process) => process.rss_bytes, format: bytes, numeric: true },
    ],
  });
  const element = panel('Top processes', 'CPU in percent of one core', table.element, 'processes-panel');
  return {
    element,
    update(machine) {
      table.update(machine.processes);
      setShown(element, machine.processes.length > 0);
    },
  };
}

/** One row per mount (or interface, …), joined from several metrics by some of their labels. */
function join(machine, labelNames, metrics) {
  const rows = new Map();
  for (const [field, metric] of Object.entries(metrics)) {
    for (const { labels, value } of machine.readings(metric)) {
      const key = labelNames.map((name) => labels[name] ?? '').join('\n');
      const row = rows.get(key) ?? { key, labels: {} };
      Object.assign(row.labels, labels);
      row[field] = value;
      rows.set(key, row);
    }
  }
  return [...rows.values()].sort((a, b) => natural.compare(a.key, b.key));
}

const both = (a, b) => (a == null || b == null ? undefined : a + b);

function disksPanel() {
  const table = dataTable({
    label: 'Disks', testid: 'disks', keyOf: (disk) => disk.key,
    columns: [
      { title: 'Mount', read: (disk) => disk.labels.mount ?? disk.labels.device, wide: true },
      { title: 'Type', read: (disk) => disk.labels.fstype, optional: true, minor: true },
      { title: 'Size', read: (disk) => disk.total ?? both(disk.used, disk.free), format: bytes, numeric: true, optional: true },
      { title: 'Used', read: (disk) => disk.used, format: bytes, numeric: true, optional: true, minor: true },
      { title: 'Free', read: (disk) => disk.free, format: bytes, numeric: true, optional: true },
      { title: 'Inodes', read: (disk) => disk.inodes, format: percent, numeric: true, optional: true, minor: true },
      { title: 'Full', read: (disk) => disk.percent, format: percent, numeric: true, bar: 'disk_percent', metric: 'disk_percent' },
    ],
  });
  const element = panel('Disks', null, table.element, 'disks-panel');
  return {
    element,
    update(machine) {
      const inodes = new Map(machine.readings('disk_inodes_percent').map(({ labels, value }) => [labels.mount, value]));
      const disks = join(machine, ['mount', 'device'], {
        percent: 'disk_percent', used: 'disk_used_bytes', free: 'disk_free_bytes', total: 'disk_total_bytes',
      });
      table.update(disks.map((disk) => ({ ...disk, inodes: inodes.get(disk.labels.mount) })));
      setShown(element, disks.length > 0);
    },
  };
}

function interfacesPanel() {
  const table = dataTable({
    label: 'Network interfaces', testid: 'interfaces', keyOf: (entry) => entry.key,
    columns: [
      { title: 'Interface', read: (entry) => entry.labels.interface, wide: true },
      { title: 'In', read: (entry) => entry.received, format: byteRate, numeric: true },
      { title: 'Out', read: (entry) => entry.sent, format: byteRate, numeric: true },
      { title: 'Packets in/s', read: (entry) => entry.packetsIn, format: count, numeric: true, optional: true, minor: true },
      { title: 'Packets out/s', read: (entry) => entry.packetsOut, format: count, numeric: true, optional: true, minor: true },
      { title: 'Errors/s', read: (entry) => entry.errors, format: decimal, numeric: true, optional: true },
    ],
  });
  const element = panel('Network interfaces', null, table.element, 'interfaces-panel');
  return {
    element,
    update(machine) {
      const interfaces = join(machine, ['interface'], {
        received: 'network_recv_bytes_sec', sent: 'network_sent_bytes_sec',
        packetsIn: 'net_rx_packets', packetsOut: 'net_tx_packets', errors: 'net_errors',
      });
      table.update(interfaces);
      setShown(element, interfaces.length > 0);
    },
  };
}
