/** Lines, or areas on top of each other, over time; uPlot draws them. The legend's buttons show values under the cursor. */
import uPlot from '../lib/uplot/uPlot.esm.js';
import { chartOptions } from './chart-options.js';
import { drawBands, drawEvents } from './chart-marks.js';
import { seriesKey } from './chart-specs.js';
import { h, setAttribute, setText } from './dom.js';
import { NOTHING, iso } from './format.js';
import { drawGaps } from './gap-view.js';
import { groupName, highest } from './line-groups.js';
import { align } from './series.js';
import { stack } from './stack.js';

// More lines than this cannot be told apart; the ones that reach highest are drawn.
const MOST_LINES = 12;
const MOST_BANDS = 4;
const COLOURS = 8;
const keyOf = (line) => seriesKey(line.metric, line.labels);
const natural = new Intl.Collator(undefined, { numeric: true });

export class LineChart {
  #spec;
  #area;
  #attach;
  #plot = null;
  #drawn = [];
  #raw = [[]];
  #marks = { gaps: [], events: [] };
  #hidden = new Set();
  #signature = '';
  #legendValues = [];
  #loaded = null;
  #chosen = new Set();
  #time = NaN;

  /**
   * @param {object} spec an entry of CHARTS
   * @param {HTMLElement} area where to draw
   * @param {HTMLElement} legend
   * @param {(surface: HTMLElement) => void} attach called with each new plotting area
   */
  constructor(spec, area, legend, attach) {
    this.#spec = spec;
    this.#area = area;
    this.#attach = attach;
    this.legend = legend;
  }

  /**
   * Draws what there is in a window of time.
   *
   * @param {import('./series.js').ChartData} data
   * @param {{from: number, to: number}} window
   * @param {{gaps: Array, events: Array}} marks
   * @returns {{points: number, note: string}}
   */
  draw(data, window, marks) {
    this.#marks = marks;
    const lines = this.#chooseLines(data);
    const { data: columns, points } = align(lines);
    const signature = lines.map((line) => this.#label(line)).join('\n');
    this.#drawn = lines;
    this.#raw = columns;
    if (signature !== this.#signature || (!this.#plot && lines.length)) this.#rebuild(signature);
    this.#plot?.batch(() => {
      this.#plot.setData(this.#columns(), false);
      this.#plot.setScale('x', { min: window.from, max: window.to });
    });
    this.setCursor(this.#time);
    return { points, note: data.lines.size > lines.length && !this.#spec.order ? `${lines.length} of ${data.lines.size} lines` : '' };
  }

  /** Shows a moment, NaN for none. */
  setCursor(time) {
    this.#time = time;
    if (!this.#plot) return;
    const left = Number.isFinite(time) ? this.#plot.valToPos(time, 'x') : -10;
    this.#plot.setCursor({ left: left >= 0 && left <= this.#plot.over.clientWidth ? left : -10, top: 0 });
    this.#showValues();
  }

  /** The time of the point that is so many points away from a moment, or of the newest one in the window. */
  pointFrom(time, by) {
    const [times] = this.#raw;
    if (!times.length || !this.#plot) return NaN;
    const { min, max } = this.#plot.scales.x;
    const shown = times.filter((one) => one >= min && one <= max);
    if (!Number.isFinite(time)) return shown.at(-1) ?? NaN;
    const near = shown.findIndex((one) => one >= time);
    return shown[Math.min(shown.length - 1, Math.max(0, (near < 0 ? shown.length : near) + by))] ?? NaN;
  }

  /** What there is at a moment, in words. */
  describe(time) {
    return this.#drawn.map((line, index) => {
      const least = line.banded ? bandAt(line, time) : null;
      const band = least ? ` (${this.#spec.format(least[0])} to ${this.#spec.format(least[1])})` : '';
      return `${this.#label(line)} ${this.#spec.format(this.#valueAt(index, time))}${band}`;
    }).join(', ');
  }

  restate() {
    const scale = this.#plot?.scales.x;
    if (!scale) return;
    const { min, max } = scale;
    this.#rebuild(this.#signature);
    this.#plot.setScale('x', { min, max });
    this.setCursor(this.#time);
  }

  resize() {
    this.#plot?.setSize(this.#size());
  }

  destroy() {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #chooseLines(data) {
    const lines = [...data.lines.values()].filter((line) => line.times.length);
    const { order } = this.#spec;
    if (order) {
      const place = (line) => order.values.indexOf(line.labels[order.label]);
      return lines.filter((line) => place(line) >= 0).sort((a, b) => place(a) - place(b));
    }
    const metrics = this.#spec.metrics.map(({ name }) => name);
    // Lines of the same device belong together: they share a colour and stand side by side in the legend.
    return this.#highest(lines, data.lines).sort((a, b) => natural.compare(groupName(a), groupName(b)) || metrics.indexOf(a.metric) - metrics.indexOf(b.metric));
  }

  /** As many lines as can be told apart. Those that are chosen stay until data is loaded anew, whatever is appended to it. */
  #highest(lines, loaded) {
    if (lines.length <= MOST_LINES) return lines;
    if (this.#loaded !== loaded) {
      this.#loaded = loaded;
      this.#chosen = new Set(highest(lines, this.#paired(), MOST_LINES).map(keyOf));
    }
    return lines.filter((line) => this.#chosen.has(keyOf(line)));
  }

  /** Whether lines come in two directions. */
  #paired() {
    return this.#spec.metrics.some((metric) => metric.dashed);
  }

  #metric(line) {
    return this.#spec.metrics.find(({ name }) => name === line.metric);
  }

  #label(line) {
    return this.#metric(line).label(line.labels);
  }

  #shows(line) {
    return !this.#hidden.has(this.#label(line));
  }

  /** What uPlot draws: the values, or for areas on top of each other their sums from below. */
  #columns() {
    return this.#spec.kind === 'stack' ? stack(this.#raw, this.#drawn.map((line) => this.#shows(line))) : this.#raw;
  }

  #bands() {
    if (this.#drawn.length > MOST_BANDS || this.#spec.kind === 'stack') return [];
    return this.#drawn.map((line, index) => ({ line, index })).filter(({ line }) => line.banded && this.#shows(line));
  }

  #size() {
    return { width: Math.max(120, this.#area.clientWidth), height: Math.max(80, this.#area.clientHeight) };
  }

  #rebuild(signature) {
    this.#signature = signature;
    this.destroy();
    const style = getComputedStyle(document.documentElement);
    const colours = this.#colours(style);
    this.#legendValues = [];
    this.legend.replaceChildren(...this.#drawn.map((line, index) => this.#legendEntry(line, index, colours[index])));
    if (!this.#drawn.length) return;
    const stacked = this.#spec.kind === 'stack';
    const lines = this.#drawn.map((line, index) => ({
      label: this.#label(line), colour: colours[index], dashed: this.#metric(line).dashed, stacked,
      show: this.#shows(line), filled: !stacked && this.#drawn.length === 1 && !line.banded,
    }));
    const options = chartOptions(this.#spec, lines, style, {
      background: (plot) => {
        drawGaps(plot, this.#marks.gaps, style);
        drawBands(plot, this.#bands(), colours);
      },
      foreground: (plot) => drawEvents(plot, this.#marks.events, style),
      peak: () => Math.max(-Infinity, ...this.#bands().map(({ line }) => line.maxs.reduce((a, b) => Math.max(a, b), -Infinity))),
    });
    this.#plot = new uPlot({ ...options, ...this.#size() }, this.#columns(), this.#area);
    this.#attach(this.#plot.over);
  }

  #colours(style) {
    const paired = this.#paired();
    const groups = paired ? [...new Set(this.#drawn.map(groupName))] : this.#drawn;
    return this.#drawn.map((line) => {
      const { order } = this.#spec;
      const place = order ? order.values.indexOf(line.labels[order.label]) : groups.indexOf(paired ? groupName(line) : line);
      return style.getPropertyValue(`--series-${(place % COLOURS) + 1}`).trim();
    });
  }

  #legendEntry(line, index, colour) {
    const label = this.#label(line);
    const swatch = h('span', { class: `swatch${this.#metric(line).dashed ? ' dashed' : ''}`, 'aria-hidden': 'true' });
    swatch.style.borderTopColor = colour;
    const value = h('span', { class: 'legend-value' }, NOTHING);
    this.#legendValues[index] = value;
    const button = h('button', {
      type: 'button', 'aria-pressed': String(!this.#hidden.has(label)), title: 'Show or hide this line',
      onclick: () => {
        const show = this.#hidden.delete(label);
        if (!show) this.#hidden.add(label);
        setAttribute(button, 'aria-pressed', String(show));
        this.#plot.batch(() => {
          // An area that is hidden adds nothing to the sums, and must stay there for the one above to stand on.
          if (this.#spec.kind !== 'stack') this.#plot.setSeries(index + 1, { show });
          this.#plot.setData(this.#columns(), false);
        });
      },
    }, swatch, h('span', { class: 'legend-label' }, label), value);
    return h('li', null, button);
  }

  /** Shows the values under the cursor, or the newest ones while there is none. */
  #showValues() {
    this.#drawn.forEach((line, index) => setText(this.#legendValues[index], this.#spec.format(this.#valueAt(index, this.#time))));
    setAttribute(this.legend, 'title', Number.isFinite(this.#time) ? iso(Math.round(this.#time)) : null);
  }

  /** The value at a moment, or the nearest before it that is not too old: lines have points at different times, and gaps. */
  #valueAt(index, time) {
    const { times, values, gap } = this.#drawn[index];
    if (!Number.isFinite(time)) return values.at(-1);
    const before = times.findLastIndex((one) => one <= time);
    const place = before + 1 < times.length && times[before + 1] - time < time - (times[before] ?? -Infinity) ? before + 1 : before;
    return Math.abs(time - times[place]) <= gap ? values[place] : undefined;
  }
}

function bandAt(line, time) {
  const place = line.times.findLastIndex((one) => one <= time);
  return place < 0 || time - line.times[place] > line.gap ? null : [line.mins[place], line.maxs[place]];
}
