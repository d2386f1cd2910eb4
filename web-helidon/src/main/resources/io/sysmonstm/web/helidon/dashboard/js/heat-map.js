/** Many lines of one kind as rows of colour: a row for each core, time from left to right. */
import { drawEvents } from './chart-marks.js';
import { now } from './clock.js';
import { h, setText } from './dom.js';
import { axisTime, moment } from './format.js';
import { drawGaps } from './gap-view.js';

const natural = new Intl.Collator(undefined, { numeric: true });
// In CSS pixels; as the axes of the other charts have it, so that a moment is at the same place in all of them.
const LEFT = 46;
const RIGHT = 18;
const TOP = 8;
const BOTTOM = 26;
const HIGHEST_ROW = 30;
const STEPS = 64;
const LISTED = 3;

export class HeatMap {
  #spec;
  #area;
  #canvas = h('canvas', { class: 'heat-canvas', 'aria-hidden': 'true' });
  #surface = h('div', { class: 'heat-surface' });
  #crosshair = h('div', { class: 'heat-cursor', hidden: true });
  #image = document.createElement('canvas');
  #rows = [];
  #interval = 0;
  #window = { from: 0, to: 1 };
  #marks = { gaps: [], events: [] };
  #time = NaN;
  #row = -1;

  /** @see LineChart */
  constructor(spec, area, legend, attach) {
    this.#spec = spec;
    this.#area = area;
    this.#surface.append(this.#crosshair);
    area.append(this.#canvas, this.#surface);
    this.summary = h('p', { class: 'heat-summary', data: { testid: 'heat-summary' } });
    legend.replaceChildren(h('li', { class: 'heat-legend' }, this.summary,
      h('span', { class: 'heat-scale', 'aria-hidden': 'true' }, '0%', h('span', { class: 'heat-ramp' }), '100%')));
    attach(this.#surface);
  }

  draw(data, window, marks) {
    this.#rows = [...data.lines.values()].filter((line) => line.times.length)
      .sort((a, b) => natural.compare(a.labels[this.#spec.label], b.labels[this.#spec.label]));
    this.#interval = data.interval;
    this.#window = window;
    this.#marks = marks;
    this.#paint();
    this.#tell();
    return { points: this.#rows.reduce((sum, line) => sum + line.times.length, 0), note: this.#rows.length ? `${this.#rows.length} ${this.#spec.noun}s` : '' };
  }

  /** Shows a moment, and where the pointer is here, the row that it is in. */
  setCursor(time, y = NaN) {
    this.#time = time;
    if (!Number.isFinite(time)) this.#row = -1;
    else if (Number.isFinite(y)) this.#row = this.#rowAt(y);
    const left = this.#x(time);
    const { width } = this.#box();
    this.#crosshair.hidden = !(left >= 0 && left <= width);
    if (!this.#crosshair.hidden) this.#crosshair.style.transform = `translateX(${left}px)`;
    this.#tell();
  }

  /** Goes to another row; answers with what there is to tell. */
  line(by) {
    this.#row = Math.min(this.#rows.length - 1, Math.max(0, this.#row < 0 ? 0 : this.#row + by));
    this.#tell();
  }

  pointFrom(time, by) {
    const times = (this.#rows[0]?.times ?? []).filter((one) => one >= this.#window.from && one <= this.#window.to);
    if (!Number.isFinite(time)) return times.at(-1) ?? NaN;
    const near = times.findIndex((one) => one >= time);
    return times[Math.min(times.length - 1, Math.max(0, (near < 0 ? times.length : near) + by))] ?? NaN;
  }

  /** What there is at a moment, in words: the row that is pointed at, or the mean of all and the greatest of them. */
  describe(time) {
    const values = this.#rows.map((line) => ({ name: `${this.#spec.noun} ${line.labels[this.#spec.label]}`, value: this.#valueAt(line, time) }))
      .filter(({ value }) => value !== undefined);
    if (!values.length) return 'no reading';
    const chosen = this.#rows[this.#row];
    if (chosen) return `${this.#spec.noun} ${chosen.labels[this.#spec.label]}: ${this.#spec.format(this.#valueAt(chosen, time))}`;
    const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
    const busiest = values.sort((a, b) => b.value - a.value).slice(0, LISTED).map(({ name, value }) => `${name} ${this.#spec.format(value)}`);
    return `mean ${this.#spec.format(mean)}, busiest: ${busiest.join(', ')}`;
  }

  restate() {
    this.#paint();
    this.#tell();
  }

  resize() {
    this.#paint();
    this.setCursor(this.#time);
  }

  destroy() {
    this.#rows = [];
  }

  #tell() {
    const words = this.#rows.length ? this.describe(this.#time) : '';
    setText(this.summary, Number.isFinite(this.#time) && words ? `${moment(this.#time, now())}, ${words}` : words);
  }

  #valueAt({ times, values, gap }, time) {
    if (!Number.isFinite(time)) return values.at(-1);
    const place = times.findLastIndex((one) => one <= time + 1);
    return place >= 0 && time - times[place] <= gap ? values[place] : undefined;
  }

  #box() {
    return { width: Math.max(1, this.#area.clientWidth - LEFT - RIGHT), height: Math.max(1, this.#area.clientHeight - TOP - BOTTOM) };
  }

  #x(time) {
    const { from, to } = this.#window;
    return ((time - from) / (to - from)) * this.#box().width;
  }

  #rowHeight() {
    return Math.min(HIGHEST_ROW, this.#box().height / Math.max(1, this.#rows.length));
  }

  #rowAt(y) {
    return Math.min(this.#rows.length - 1, Math.max(0, Math.floor((y * this.#box().height) / this.#rowHeight())));
  }

  #paint() {
    const { width, height } = this.#box();
    const scale = devicePixelRatio;
    this.#canvas.width = Math.round(this.#area.clientWidth * scale);
    this.#canvas.height = Math.round(this.#area.clientHeight * scale);
    const style = getComputedStyle(document.documentElement);
    const ctx = this.#canvas.getContext('2d');
    const bbox = { left: LEFT * scale, top: TOP * scale, width: width * scale, height: height * scale };
    const plot = { ctx, bbox, valToPos: (time) => bbox.left + this.#x(time) * scale };
    drawGaps(plot, this.#marks.gaps, style);
    if (this.#rows.length) {
      this.#fillImage(Math.round(width), style);
      ctx.imageSmoothingEnabled = false;
      ctx.drawImage(this.#image, bbox.left, bbox.top, bbox.width, this.#rowHeight() * this.#rows.length * scale);
    }
    drawEvents(plot, this.#marks.events, style);
    this.#labels(ctx, scale, style);
  }

  /** One pixel for each row and each CSS pixel of width; what has no reading stays transparent. */
  #fillImage(width, style) {
    const image = this.#image;
    image.width = width;
    image.height = this.#rows.length;
    const ctx = image.getContext('2d');
    const pixels = ctx.createImageData(width, this.#rows.length);
    const colours = new Uint32Array(pixels.data.buffer);
    const ramp = rampOf(style);
    const { from, to } = this.#window;
    const perMs = width / (to - from);
    this.#rows.forEach((line, row) => {
      const { times, values, gap } = line;
      const lasting = Math.max(line.bucketMs, this.#interval);
      times.forEach((time, place) => {
        const next = times[place + 1];
        const until = next - time <= gap ? next : time + lasting;
        const begin = Math.floor((time - from) * perMs);
        const end = Math.min(width, Math.max(begin + 1, Math.ceil((until - from) * perMs)));
        const colour = ramp[Math.round((Math.min(100, Math.max(0, values[place])) / 100) * (STEPS - 1))];
        for (let x = Math.max(0, begin); x < end; x++) colours[row * width + x] = colour;
      });
    });
    ctx.putImageData(pixels, 0, 0);
  }

  #labels(ctx, scale, style) {
    ctx.font = `${11 * scale}px ${style.getPropertyValue('--font').trim()}`;
    ctx.fillStyle = style.getPropertyValue('--muted').trim();
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'right';
    const height = this.#rowHeight();
    const every = Math.ceil(14 / height);
    this.#rows.forEach((line, row) => {
      if (row % every === 0) ctx.fillText(line.labels[this.#spec.label].slice(0, 6), (LEFT - 8) * scale, (TOP + (row + 0.5) * height) * scale);
    });
    ctx.textBaseline = 'alphabetic';
    const { width } = this.#box();
    const bottom = this.#area.clientHeight - 8;
    for (const [part, align] of [[0, 'left'], [0.5, 'center'], [1, 'right']]) {
      ctx.textAlign = align;
      const { from, to } = this.#window;
      ctx.fillText(edgeText(from + (to - from) * part, to - from), (LEFT + width * part) * scale, bottom * scale);
    }
  }
}

const edgeText = (time, span) => axisTime(time, span > 36 * 3_600_000 ? 'day' : 'minute');

/** The colours from idle to busy, as pixels. */
function rampOf(style) {
  const stops = ['--heat-0', '--heat-50', '--heat-100'].map((name) => channels(style.getPropertyValue(name).trim()));
  return Array.from({ length: STEPS }, (_, step) => {
    const at = (step / (STEPS - 1)) * (stops.length - 1);
    const [low, high] = [stops[Math.floor(at)], stops[Math.min(stops.length - 1, Math.floor(at) + 1)]];
    const [red, green, blue] = low.map((channel, index) => Math.round(channel + (high[index] - channel) * (at % 1)));
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

const channels = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
