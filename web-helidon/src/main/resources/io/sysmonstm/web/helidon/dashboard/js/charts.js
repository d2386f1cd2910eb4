/** A chart in a card: uPlot for the drawing, a legend of buttons that shows values under the cursor. */
import uPlot from '../lib/uplot/uPlot.esm.js';
import { chartOptions } from './chart-options.js';
import { h, setAttribute, setShown, setText } from './dom.js';
import { NOTHING, iso } from './format.js';
import { drawGaps } from './gap-view.js';
import { align } from './series.js';

// More lines than this cannot be told apart; the ones that reach highest are drawn.
const MOST_LINES = 12;
const COLOURS = 8;
const RESOLUTIONS = {
  raw: { name: 'raw', title: 'Every stored sample' },
  '1m': { name: '1 min averages', title: 'Averages over one minute or more' },
  '1h': { name: '1 h averages', title: 'Averages over one hour or more' },
  live: { name: 'live', title: 'Live samples only' },
};
const natural = new Intl.Collator(undefined, { numeric: true });

export class ChartCard {
  #spec;
  #zoom;
  #plot = null;
  #drawn = [];
  #gaps = [];
  #hidden = new Set();
  #signature = '';
  #legendValues = [];
  #resize;

  /**
   * @param {object} spec an entry of CHARTS
   * @param {{zoom: (from: number, to: number) => void, reset: () => void}} zoom what dragging and double-clicking do
   */
  constructor(spec, zoom) {
    this.#spec = spec;
    this.#zoom = zoom;
    this.resolution = h('span', { class: 'chart-resolution' });
    this.note = h('span', { class: 'chart-note' });
    this.legend = h('ul', { class: 'legend', 'aria-label': `${spec.title}, lines` });
    this.area = h('div', { class: 'chart-area' });
    this.empty = h('p', { class: 'chart-empty' }, 'Loading…');
    this.gap = h('p', { class: 'chart-gap', hidden: true, data: { testid: 'chart-gap' } });
    this.element = h('section', {
      class: 'panel chart-card', 'aria-label': `${spec.title} chart`,
      data: { testid: 'chart-card', chart: spec.id, metric: spec.metrics[0].name, points: '0', last: '' },
    }, h('div', { class: 'panel-head' }, h('h3', null, spec.title), this.note, this.resolution),
    h('div', { class: 'chart-frame' }, this.area, this.empty, this.gap), this.legend);
    this.#resize = new ResizeObserver(() => this.#plot?.setSize(this.#size()));
    this.#resize.observe(this.area);
  }

  /**
   * Draws what there is in a window of time.
   *
   * @param {import('./series.js').ChartData} data
   * @param {{from: number, to: number}} window
   * @param {{loading: boolean, problem: string, gaps: Array}} state
   */
  draw(data, window, { loading, problem, gaps }) {
    this.#gaps = gaps;
    const lines = this.#chooseLines(data);
    const { data: columns, points } = align(lines);
    const signature = lines.map((line) => this.#label(line)).join('\n');
    this.#drawn = lines;
    if (signature !== this.#signature || (!this.#plot && lines.length)) this.#rebuild(signature, columns);
    this.#plot?.batch(() => {
      this.#plot.setData(columns, false);
      this.#plot.setScale('x', { min: window.from, max: window.to });
    });
    const last = data.newest;
    setAttribute(this.element, 'data-points', points);
    setAttribute(this.element, 'data-last', Number.isFinite(last) ? last : '');
    setAttribute(this.element, 'data-resolution', data.resolution);
    setAttribute(this.element, 'aria-busy', String(loading));
    const { name, title } = RESOLUTIONS[data.resolution] ?? { name: data.resolution, title: null };
    setText(this.resolution, name);
    setAttribute(this.resolution, 'title', title);
    setText(this.note, problem || (data.lines.size > lines.length ? `${lines.length} of ${data.lines.size} lines` : ''));
    setText(this.empty, points ? '' : loading ? 'Loading…' : 'No data in this range.');
    setShown(this.empty, points === 0);
    this.#showValues();
  }

  /** Draws anew in the current colours. */
  recolour() {
    const columns = this.#plot?.data;
    const scale = this.#plot?.scales.x;
    if (!columns) return;
    const { min, max } = scale;
    this.#rebuild(this.#signature, columns);
    this.#plot.setScale('x', { min, max });
    this.#showValues();
  }

  destroy() {
    this.#resize.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #chooseLines(data) {
    const order = this.#spec.metrics.map(({ name }) => name);
    let lines = [...data.lines.values()].filter((line) => line.times.length);
    if (lines.length > MOST_LINES) {
      const peaks = new Map(lines.map((line) => [line, line.values.reduce((a, b) => Math.max(a, b), -Infinity)]));
      lines = lines.sort((a, b) => peaks.get(b) - peaks.get(a)).slice(0, MOST_LINES);
    }
    return lines.sort((a, b) => this.#group(a, b) || order.indexOf(a.metric) - order.indexOf(b.metric));
  }

  /** Lines of the same device belong together: they share a colour and stand side by side in the legend. */
  #group(a, b) {
    return natural.compare(groupName(a), groupName(b));
  }

  #metric(line) {
    return this.#spec.metrics.find(({ name }) => name === line.metric);
  }

  #label(line) {
    return this.#metric(line).label(line.labels);
  }

  #size() {
    return { width: Math.max(120, this.area.clientWidth), height: Math.max(80, this.area.clientHeight) };
  }

  #rebuild(signature, columns) {
    this.#signature = signature;
    this.#plot?.destroy();
    this.#plot = null;
    this.#legendValues = [];
    const style = getComputedStyle(document.documentElement);
    const colours = this.#colours(style);
    this.legend.replaceChildren(...this.#drawn.map((line, index) => this.#legendEntry(line, index, colours[index])));
    if (!this.#drawn.length) return;
    const lines = this.#drawn.map((line, index) => ({
      label: this.#label(line), colour: colours[index], dashed: this.#metric(line).dashed,
      show: !this.#hidden.has(this.#label(line)), filled: this.#drawn.length === 1,
    }));
    const options = chartOptions(this.#spec, lines, style, {
      ...this.#zoom, cursorMoved: () => this.#showValues(), background: (plot) => drawGaps(plot, this.#gaps, style),
    });
    this.#plot = new uPlot({ ...options, ...this.#size() }, columns, this.area);
  }

  #colours(style) {
    const paired = this.#spec.metrics.some((metric) => metric.dashed);
    const groups = paired ? [...new Set(this.#drawn.map(groupName))] : this.#drawn;
    return this.#drawn.map((line) => {
      const place = groups.indexOf(paired ? groupName(line) : line);
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
        this.#plot.setSeries(index + 1, { show });
      },
    }, swatch, h('span', { class: 'legend-label' }, label), value);
    return h('li', null, button);
  }

  /** Shows the values under the cursor, or the newest ones while there is none. */
  #showValues() {
    if (!this.#plot) return;
    const [times, ...columns] = this.#plot.data;
    // The cursor's own index is that of the last pointer movement; the data under a resting pointer moves on.
    const { left } = this.#plot.cursor;
    const under = left >= 0 && times.length ? this.#plot.posToIdx(left) : null;
    columns.forEach((column, index) => {
      const found = lastValueUpTo(times, column, under ?? times.length - 1, under == null ? Infinity : this.#drawn[index]?.gap);
      setText(this.#legendValues[index], this.#spec.format(found));
    });
    setAttribute(this.legend, 'title', under == null ? null : iso(times[under]));
    const pointed = left >= 0 ? this.#plot.posToVal(left, 'x') : NaN;
    const gap = this.#gaps.find(({ from, to }) => pointed > from && pointed < to);
    setText(this.gap, gap?.text ?? '');
    setShown(this.gap, Boolean(gap));
  }
}

/** What a line is about, without the direction. */
function groupName(line) {
  return line.labels.device && !line.labels.mount ? line.labels.device : line.labels.interface ?? line.labels.mount ?? '';
}

/** The value at an index, or the nearest before it that is not too old: lines have points at different times, and gaps. */
function lastValueUpTo(times, column, index, oldest) {
  for (let i = index; i >= 0 && times[index] - times[i] <= oldest; i--) {
    if (column[i] != null) return column[i];
  }
  return undefined;
}
