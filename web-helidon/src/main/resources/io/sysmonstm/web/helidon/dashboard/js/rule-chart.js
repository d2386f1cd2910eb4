/** A metric over time, the threshold across it, and bands where a rule would have fired. */
import uPlot from '../lib/uplot/uPlot.esm.js';
import { chartOptions } from './chart-options.js';
import { ChartData, align } from './series.js';
import { h } from './dom.js';
import { decimal } from './format.js';

const MOST_LINES = 8;

export class RuleChart {
  #plot = null;
  #shown = null;
  #area = h('div', { class: 'chart-area' });
  #resize = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
  element = h('div', { class: 'rule-chart', data: { testid: 'rule-chart', bands: '0' } }, this.#area);

  constructor() {
    this.#resize.observe(this.#area);
  }

  /**
   * Draws.
   *
   * @param {Array} answers of history, one per machine
   * @param {{from: number, to: number}} window
   * @param {{threshold: ?number, bands: Array<{from: number, to: number}>}} marks
   */
  draw(answers, window, marks) {
    this.#shown = [answers, window, marks];
    const lines = answers.flatMap((answer) => {
      const data = new ChartData({ metrics: [] });
      data.replace([answer], window.to, new Map());
      return [...data.lines.values()];
    }).filter((line) => line.times.length).slice(0, MOST_LINES);
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const look = lines.map((line, index) => ({
      label: JSON.stringify(line.labels), colour: style.getPropertyValue(`--series-${index + 1}`).trim(), dashed: false, show: true, filled: lines.length === 1,
    }));
    const options = chartOptions({ scale: 'number', format: decimal }, look, style, { background() {} });
    options.cursor = { show: false };
    options.scales.y = { range: (plot, min, max) => [Math.min(0, min ?? 0), Math.max(max ?? 1, marks.threshold ?? 0) * 1.1 || 1] };
    options.hooks.drawClear = [(plot) => drawBands(plot, marks.bands, style)];
    options.hooks.draw = [(plot) => drawThreshold(plot, marks.threshold, style)];
    this.#plot = new uPlot({ ...options, ...this.#size() }, align(lines).data, this.#area);
    this.#plot.setScale('x', { min: window.from, max: window.to });
    this.element.dataset.bands = String(marks.bands.length);
  }

  /** Draws anew in the current colours. */
  restate() {
    if (this.#shown) this.draw(...this.#shown);
  }

  destroy() {
    this.#resize.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #size() {
    return { width: Math.max(200, this.#area.clientWidth), height: Math.max(120, this.#area.clientHeight) };
  }
}

function drawBands(plot, bands, style) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = style.getPropertyValue('--bad-soft').trim();
  for (const { from, to } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
    // A short firing still has to be seen.
    ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
  }
  ctx.restore();
}

function drawThreshold(plot, threshold, style) {
  if (typeof threshold !== 'number') return;
  const { ctx, bbox } = plot;
  const y = plot.valToPos(threshold, 'y', true);
  ctx.save();
  ctx.strokeStyle = style.getPropertyValue('--bad').trim();
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
