/** Which charts a machine page has, and which metrics each draws. */
import { byteRate, bytes, decimal, percent, temperature } from './format.js';

const MODES = ['user', 'nice', 'system', 'iowait', 'interrupt', 'softirq', 'steal'];

/**
 * `metrics`: name, how a series is called, and whether its line is dashed (the second direction of a pair shares the
 * colour of the first). `scale`: `percent` is fixed to 0–100, `bytes` steps in powers of two. `kind`: `lines` where left
 * out, `stack` or `heat`. `order`: the label values that are drawn, from below.
 */
export const CHARTS = [
  {
    id: 'cpu', title: 'CPU', scale: 'percent', format: percent,
    metrics: [{ name: 'cpu_percent', label: () => 'CPU' }],
  },
  {
    id: 'cpu-modes', title: 'CPU by mode', kind: 'stack', scale: 'percent', format: percent,
    order: { label: 'mode', values: MODES },
    metrics: [{ name: 'cpu_mode_percent', label: (labels) => labels.mode }],
  },
  {
    id: 'cores', title: 'Cores', kind: 'heat', scale: 'percent', format: percent, noun: 'core', label: 'core',
    metrics: [{ name: 'cpu_percent_per_core', label: (labels) => labels.core }],
  },
  {
    id: 'load', title: 'Load average', scale: 'number', format: decimal,
    metrics: [
      { name: 'load_avg_1m', label: () => '1 min' },
      { name: 'load_avg_5m', label: () => '5 min' },
      { name: 'load_avg_15m', label: () => '15 min' },
    ],
  },
  {
    id: 'memory', title: 'Memory', scale: 'percent', format: percent,
    metrics: [{ name: 'memory_percent', label: () => 'Memory' }, { name: 'swap_percent', label: () => 'Swap' }],
  },
  {
    id: 'memory-bytes', title: 'Memory and swap in bytes', scale: 'bytes', format: bytes,
    metrics: [
      { name: 'memory_used_bytes', label: () => 'used' },
      { name: 'memory_available_bytes', label: () => 'available' },
      { name: 'swap_used_bytes', label: () => 'swap' },
    ],
  },
  {
    id: 'network', title: 'Network', scale: 'bytes', format: byteRate,
    metrics: [
      { name: 'network_recv_bytes_sec', label: (labels) => `${labels.interface ?? 'all'} in` },
      { name: 'network_sent_bytes_sec', label: (labels) => `${labels.interface ?? 'all'} out`, dashed: true },
    ],
  },
  {
    id: 'disk-io', title: 'Disk throughput', scale: 'bytes', format: byteRate,
    metrics: [
      { name: 'disk_read_bytes_sec', label: (labels) => `${labels.device ?? 'all'} read` },
      { name: 'disk_write_bytes_sec', label: (labels) => `${labels.device ?? 'all'} write`, dashed: true },
    ],
  },
  {
    id: 'disk-busy', title: 'Disks busy', scale: 'percent', format: percent,
    metrics: [{ name: 'disk_busy_percent', label: (labels) => labels.device ?? 'all' }],
  },
  {
    id: 'disk', title: 'Disk space', scale: 'percent', format: percent,
    metrics: [{ name: 'disk_percent', label: (labels) => labels.mount ?? labels.device ?? 'disk' }],
  },
  {
    id: 'swapping', title: 'Swapping', scale: 'number', format: decimal,
    metrics: [{ name: 'swap_in', label: () => 'pages in/s' }, { name: 'swap_out', label: () => 'pages out/s' }],
  },
  {
    id: 'temperature', title: 'Temperature', scale: 'temperature', format: temperature,
    metrics: [{ name: 'cpu_temperature_celsius', label: () => 'CPU' }],
  },
];

/** Every metric that some chart draws. */
export const CHARTED_METRICS = CHARTS.flatMap((chart) => chart.metrics.map((metric) => metric.name));

/** One string per series of a machine: metric and labels in a fixed order. */
export function seriesKey(metric, labels) {
  const pairs = Object.keys(labels ?? {}).sort().map((key) => [key, labels[key]]);
  return `${metric}${JSON.stringify(pairs)}`;
}
