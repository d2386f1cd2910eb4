/** How a chart is drawn: axes, colours, cursor; everything that uPlot is told. */
import uPlot from '../lib/uplot/uPlot.esm.js';
import { axisTime } from './format.js';
import { preference } from './prefs.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
// Sizes step in powers of two, so that the axis reads 256 KiB, 512 KiB, 1 MiB.
const BYTE_STEPS = Array.from({ length: 51 }, (_, power) => 2 ** power);

function timeLabels(plot, splits, axis, space, step) {
  return splits.map((ms) => {
    const at = dateAt(ms);
    if (step >= DAY_MS || (at.getHours() === 0 && at.getMinutes() === 0)) return axisTime(ms, 'day');
    return axisTime(ms, step >= MINUTE_MS ? 'minute' : 'second');
  });
}

/** Days begin where those do that somebody prefers. */
const dateAt = (ms) => (preference('zone') === 'utc' ? uPlot.tzDate(new Date(ms), 'UTC') : new Date(ms));

const RANGES = {
  percent: () => [0, 100],
  number: (top) => [0, Math.max(1, top * 1.15)],
  bytes: (top) => [0, Math.max(1024, top * 1.15)],
  temperature: (top, bottom) => [Math.min(20, bottom), Math.max(60, top + 5)],
};

/** A point with a gap on either side has no line to be seen by, so it gets a dot. */
function lonelyPoints(plot, series) {
  const column = plot.data[series];
  const found = [];
  let before = null;
  let candidate = -1;
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (value === undefined) continue;
    if (value === null && candidate >= 0) found.push(candidate);
    candidate = value !== null && before === null ? i : -1;
    before = value;
  }
  if (candidate >= 0) found.push(candidate);
  return found.length ? found : null;
}

/**
 * Options for uPlot, without the size.
 *
 * @param {object} spec an entry of CHARTS
 * @param {Array<{label: string, colour: string, dashed: boolean, show: boolean, filled: boolean, stacked: boolean}>} lines
 * @param {CSSStyleDeclaration} style where the theme's variables are read
 * @param {{background: (plot: uPlot) => void, foreground?: (plot: uPlot) => void, peak?: () => number}} parts what is drawn
 *     before and after the lines, and the greatest value of what is drawn besides them
 */
export function chartOptions(spec, lines, style, { background, foreground = () => {}, peak = () => -Infinity }) {
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `11px ${style.getPropertyValue('--font').trim()}`;
  const axis = {
    stroke: colour('--muted'), font,
    grid: { stroke: colour('--chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    ms: 1,
    tzDate: dateAt,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    // Who points is told from outside, since one cursor is shared by charts of several kinds.
    cursor: { y: false, points: { size: 7, width: 2 }, drag: { x: false, y: false }, bind: UNBOUND },
    scales: {
      x: { time: true },
      y: { range: (plot, min, max) => RANGES[spec.scale](Math.max(max ?? 0, peak()), min ?? 0) },
    },
    axes: [
      { ...axis, values: timeLabels, space: 64, size: 26, gap: 6 },
      {
        ...axis, size: spec.scale === 'bytes' ? 76 : 46, gap: 8, space: 32,
        values: (plot, splits) => splits.map((value) => axisLabel(spec, value)),
        ...(spec.scale === 'bytes' && { incrs: BYTE_STEPS }),
        ...(spec.scale === 'percent' && { incrs: [25, 50] }),
      },
    ],
    series: [{}, ...lines.map((line) => ({
      label: line.label,
      show: line.show,
      stroke: line.colour,
      width: line.stacked ? 0 : 1.5,
      dash: line.dashed ? [4, 3] : undefined,
      fill: line.stacked ? `${line.colour}c0` : line.filled ? `${line.colour}24` : undefined,
      points: { show: false, filter: lonelyPoints, size: 5, fill: line.colour },
    }))],
    bands: lines.slice(1).flatMap((line, index) => (line.stacked ? [{ series: [index + 2, index + 1] }] : [])),
    hooks: { drawClear: [background], draw: [foreground] },
  };
}

const UNBOUND = Object.fromEntries(
  ['mousedown', 'mouseup', 'click', 'dblclick', 'mousemove', 'mouseenter', 'mouseleave'].map((name) => [name, () => null]));

function axisLabel(spec, value) {
  if (spec.scale === 'percent') return `${value}%`;
  if (spec.scale === 'bytes') return value === 0 ? '0' : spec.format(value).replace('.0 ', ' ');
  if (spec.scale === 'temperature') return spec.format(value).replace(/[.]0 /, ' ');
  return String(Number(value.toFixed(2)));
}
