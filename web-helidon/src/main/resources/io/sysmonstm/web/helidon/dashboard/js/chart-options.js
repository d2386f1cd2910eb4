/** How a chart is drawn: axes, colours, cursor; everything that uPlot is told. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
// Sizes step in powers of two, so that the axis reads 256 KiB, 512 KiB, 1 MiB.
const BYTE_STEPS = Array.from({ length: 51 }, (_, power) => 2 ** power);

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

function timeLabels(plot, splits, axis, space, step) {
  return splits.map((ms) => {
    const at = new Date(ms);
    if (step >= DAY_MS || (at.getHours() === 0 && at.getMinutes() === 0)) return day.format(at);
    return step >= MINUTE_MS ? clock.format(at) : clockWithSeconds.format(at);
  });
}

const RANGES = {
  percent: () => [0, 100],
  number: (plot, min, max) => [0, Math.max(1, (max ?? 0) * 1.15)],
  bytes: (plot, min, max) => [0, Math.max(1024, (max ?? 0) * 1.15)],
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
 * @param {Array<{label: string, colour: string, dashed: boolean, show: boolean, filled: boolean}>} lines
 * @param {CSSStyleDeclaration} style where the theme's variables are read
 * @param {{zoom: (from: number, to: number) => void, reset: () => void, cursorMoved: () => void,
 *     background: (plot: uPlot) => void}} actions what dragging, double-clicking and pointing do, and what is drawn first
 */
export function chartOptions(spec, lines, style, actions) {
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = `11px ${style.getPropertyValue('--font').trim()}`;
  const axis = {
    stroke: colour('--muted'), font,
    grid: { stroke: colour('--chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    ms: 1,
    legend: { show: false },
    padding: [8, 18, 0, 0],
    cursor: {
      y: false,
      sync: { key: 'machine', setSeries: false, scales: ['x', null] },
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => { actions.reset(); return null; } },
    },
    scales: { x: { time: true }, y: { range: RANGES[spec.scale] } },
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
      width: 1.5,
      dash: line.dashed ? [4, 3] : undefined,
      fill: line.filled ? `${line.colour}24` : undefined,
      points: { show: false, filter: lonelyPoints, size: 5, fill: line.colour },
    }))],
    hooks: {
      drawClear: [actions.background],
      setCursor: [actions.cursorMoved],
      setSelect: [(plot) => selected(plot, actions)],
    },
  };
}

function axisLabel(spec, value) {
  if (spec.scale === 'percent') return `${value}%`;
  if (spec.scale === 'bytes') return value === 0 ? '0' : spec.format(value).replace('.0 ', ' ');
  return String(Number(value.toFixed(2)));
}

function selected(plot, actions) {
  const { left, width } = plot.select;
  const from = plot.posToVal(left, 'x');
  const to = plot.posToVal(left + width, 'x');
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  // The selection is told to every synchronised chart; the one under the pointer acts on it.
  if (width >= 4 && plot.over.matches(':hover')) actions.zoom(from, to);
}
