/** A chart in a card: heading, resolution, menu, what is pointed at; a LineChart or a HeatMap does the drawing. */
import { chartMenu } from './chart-menu.js';
import { now } from './clock.js';
import { h, setAttribute, setShown, setText } from './dom.js';
import { duration, moment } from './format.js';
import { chartKeys, gestures } from './gestures.js';
import { HeatMap } from './heat-map.js';
import { LineChart } from './line-chart.js';

const TIERS = { '1m': 'stored averages over 1 min', '1h': 'stored averages over 1 h', raw: 'every stored sample' };
// How near the pointer has to be to a moment for it to be told of.
const NEAR_PX = 6;

export class ChartCard {
  #window;
  #cursor;
  #drawing;
  #marks = { gaps: [], events: [] };
  #resize;
  #stop;

  /**
   * @param {object} spec an entry of CHARTS
   * @param {object} view
   * @param {import('./time-window.js').TimeWindow} view.window
   * @param {import('./shared-cursor.js').SharedCursor} view.cursor
   * @param {(begins: boolean) => void} view.moved the window was changed, see gestures
   * @param {() => void} view.reset
   * @param {(words: string) => void} view.say tells a screen reader
   * @param {() => object} view.menu see chartMenu
   */
  constructor(spec, { window, cursor, moved, reset, say, menu }) {
    this.spec = spec;
    this.#window = window;
    this.#cursor = cursor;
    this.resolution = h('span', { class: 'chart-resolution', data: { testid: 'resolution' } });
    this.note = h('span', { class: 'chart-note' });
    this.legend = h('ul', { class: 'legend', 'aria-label': `${spec.title}, lines` });
    this.area = h('div', {
      class: 'chart-area', tabindex: '0', role: 'application', 'aria-roledescription': 'chart', data: { testid: 'chart-area' },
      'aria-label': `${spec.title}. Left and right move the cursor, with shift the window; plus and minus zoom; escape goes back to live.`,
    });
    this.empty = h('p', { class: 'chart-empty' }, 'Loading…');
    this.gap = h('p', { class: 'chart-gap', hidden: true, data: { testid: 'chart-gap' } });
    this.menu = chartMenu(spec, menu);
    this.element = h('section', {
      class: 'panel chart-card', 'aria-label': `${spec.title} chart`, id: `chart-${spec.id}`,
      data: { testid: 'chart-card', chart: spec.id, metric: spec.metrics[0].name, points: '0', last: '' },
    }, h('div', { class: 'panel-head' }, h('h3', null, spec.title), this.note, this.resolution, this.menu),
    h('div', { class: 'chart-frame' }, this.area, this.empty, this.gap), this.legend);
    const point = (time, y) => {
      this.#drawing.setCursor(time, y);
      cursor.move(time, this.element);
      this.#showNear();
    };
    this.#drawing = new (spec.kind === 'heat' ? HeatMap : LineChart)(spec, this.area, this.legend,
      (surface) => gestures(surface, window, { point, moved, reset }));
    const go = (time) => {
      point(time, NaN);
      say(`${moment(time, now())}: ${this.#drawing.describe(time)}`);
    };
    chartKeys(this.area, window, {
      step: (by) => go(this.#drawing.pointFrom(cursor.time, by)),
      line: (by) => {
        this.#drawing.line?.(by);
        // Where this chart has a reading: the cursor may have come from one that has others.
        go(this.#drawing.pointFrom(cursor.time, 0));
      },
      edge: (end) => go(this.#drawing.pointFrom(end ? Infinity : window.current().from, 0)),
      time: () => cursor.time, moved, reset,
    });
    this.#stop = cursor.on('move', (by) => {
      if (by !== this.element) this.#drawing.setCursor(cursor.time, NaN);
    });
    this.#resize = new ResizeObserver(() => this.#drawing.resize());
    this.#resize.observe(this.area);
  }

  /**
   * Draws what there is in a window of time.
   *
   * @param {import('./series.js').ChartData} data
   * @param {{from: number, to: number}} window
   * @param {{loading: boolean, gaps: Array, events: Array}} state
   */
  draw(data, window, { loading, gaps, events }) {
    this.#marks = { gaps, events };
    const { points, note } = this.#drawing.draw(data, window, this.#marks);
    const last = data.newest;
    setAttribute(this.element, 'data-points', points);
    setAttribute(this.element, 'data-last', Number.isFinite(last) ? last : '');
    setAttribute(this.element, 'data-resolution', data.resolution);
    setAttribute(this.element, 'data-bands', [...data.lines.values()].some((line) => line.banded));
    setAttribute(this.element, 'data-from', Math.round(window.from));
    setAttribute(this.element, 'data-to', Math.round(window.to));
    setAttribute(this.element, 'data-events', events.length);
    setAttribute(this.element, 'aria-busy', String(loading));
    setText(this.resolution, resolutionText(data));
    setAttribute(this.resolution, 'title', TIERS[data.resolution] ?? null);
    setText(this.note, note);
    setText(this.empty, points ? '' : loading ? 'Loading…' : 'No data in this range.');
    setShown(this.empty, points === 0);
    this.#showNear();
  }

  /** Draws anew in the current colours, units and clock. */
  restate() {
    this.#drawing.restate();
  }

  destroy() {
    this.#stop();
    this.#resize.disconnect();
    this.#drawing.destroy();
  }

  /** Tells of the gap, the alert or the reboot that is pointed at. */
  #showNear() {
    const { time } = this.#cursor;
    const { from, to } = this.#window.current();
    const near = ((to - from) / Math.max(1, this.area.clientWidth)) * NEAR_PX;
    const { gaps, events } = this.#marks;
    const event = events.find((one) => time > one.from - near && time < one.to + near);
    const gap = gaps.find((one) => time > one.from && time < one.to);
    const text = [event?.text, gap?.text].filter(Boolean).join(' ');
    setText(this.gap, text);
    setShown(this.gap, text !== '');
  }
}

/** `5 s`, or for averages `5 min averages`. */
function resolutionText(data) {
  if (data.resolution === 'live' || !data.interval) return data.resolution === 'live' ? 'live' : '';
  const length = duration(Math.round(data.interval / 1000) * 1000);
  return data.stepMs ? `${length} averages` : length;
}
