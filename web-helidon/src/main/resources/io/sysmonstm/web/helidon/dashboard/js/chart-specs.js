/** Which charts a machine page has, and which metrics each draws. */
import { byteRate, decimal, percent } from './format.js';

/**
 * `metrics`: name, how a series is called, and whether its line is dashed (the second direction of a pair shares the
 * colour of the first). `scale`: `percent` is fixed to 0–100, `bytes` steps in powers of two.
 */
export const CHARTS = [
  {
    id: 'cpu', title: 'CPU', scale: 'percent', format: percent,
    metrics: [{ name: 'cpu_percent', label: () => 'CPU' }],
  },
  {
    id: 'memory', title: 'Memory', scale: 'percent', format: percent,
    metrics: [{ name: 'memory_percent', label: () => 'Memory' }, { name: 'swap_percent', label: () => 'Swap' }],
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
    id: 'disk', title: 'Disk use', scale: 'percent', format: percent,
    metrics: [{ name: 'disk_percent', label: (labels) => labels.mount ?? labels.device ?? 'disk' }],
  },
];

/** Every metric that some chart draws. */
export const CHARTED_METRICS = CHARTS.flatMap((chart) => chart.metrics.map((metric) => metric.name));

/** One string per series of a machine: metric and labels in a fixed order. */
export function seriesKey(metric, labels) {
  const pairs = Object.keys(labels ?? {}).sort().map((key) => [key, labels[key]]);
  return `${metric}${JSON.stringify(pairs)}`;
}
