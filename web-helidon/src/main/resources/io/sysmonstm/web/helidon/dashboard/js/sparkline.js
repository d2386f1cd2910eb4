/** A line of the last minutes, a word high. Numbers beside it are what screen readers read. */
import { setAttribute, svg } from './dom.js';
import { STEPS_SHOWN } from './trends.js';

const HEIGHT = 20;

/**
 * Creates one.
 *
 * @param {number} [most] the value at its top; left out, the largest there is
 * @returns {{element: SVGElement, update: (trend: ?{values: Float32Array, version: number}) => void}}
 */
export function sparkline(most) {
  const area = svg('path', { class: 'spark-area' });
  const line = svg('path', { class: 'spark-line' });
  let drawn = null;
  let version = -1;
  return {
    element: svg('svg', {
      class: 'spark', viewBox: `0 0 ${STEPS_SHOWN - 1} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false',
    }, area, line),
    update(trend) {
      if (trend === drawn && trend?.version === version) return;
      drawn = trend;
      version = trend?.version;
      const { stroke, fill } = trend ? paths(trend.values, most) : { stroke: '', fill: '' };
      setAttribute(line, 'd', stroke);
      setAttribute(area, 'd', fill);
    },
  };
}

/** Steps without a reading are left open; a lone reading is a dot. */
function paths(values, most) {
  const top = most ?? values.reduce((largest, value) => (value > largest ? value : largest), 1);
  let stroke = '';
  let fill = '';
  let start = -1;
  for (let i = 0; i <= values.length; i++) {
    const open = i === values.length || Number.isNaN(values[i]);
    if (open) {
      if (start >= 0) fill += `L${i - 1} ${HEIGHT}L${start} ${HEIGHT}Z`;
      start = -1;
      continue;
    }
    const y = (HEIGHT - 1 - Math.min(1, Math.max(0, values[i] / top)) * (HEIGHT - 2)).toFixed(1);
    const point = start < 0 ? `M${i} ${y}h0` : `L${i} ${y}`;
    stroke += point;
    fill += point;
    if (start < 0) start = i;
  }
  return { stroke, fill };
}
