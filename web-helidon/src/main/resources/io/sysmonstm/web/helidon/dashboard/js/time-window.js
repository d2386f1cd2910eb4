/** The time that the charts of a machine show: a preset that follows the clock, or a window that stands still. */
import { now } from './clock.js';
import { iso } from './format.js';
import { PRESETS, presetOf } from './ranges.js';

const SHORTEST_MS = 20_000;
const LONGEST_MS = 3 * 366 * 86_400_000;

export class TimeWindow {
  preset = presetOf(null);
  /** The window that stands still, or null while the right edge is now. */
  fixed = null;

  /** @param {URLSearchParams} parameters `range` is a preset; `from` and `to`, in ISO-8601, a window that stands still */
  constructor(parameters) {
    this.read(parameters);
  }

  /** Takes over what an address says; tells whether that is something else than before. */
  read(parameters) {
    const before = this.address();
    this.preset = presetOf(parameters.get('range'));
    const from = Date.parse(parameters.get('from') ?? '');
    const to = Date.parse(parameters.get('to') ?? '');
    this.fixed = to - from >= SHORTEST_MS && to - from <= LONGEST_MS ? { from, to } : null;
    return this.address() !== before;
  }

  /** What an address has to say to show the same again. */
  address() {
    const span = this.fixed ? { from: iso(this.fixed.from), to: iso(this.fixed.to) } : {};
    return new URLSearchParams({ range: this.preset.key, ...span }).toString();
  }

  /** @returns {{from: number, to: number}} in milliseconds of Unix time */
  current() {
    if (this.fixed) return this.fixed;
    const to = now();
    return { from: to - this.preset.ms, to };
  }

  follow(preset = this.preset) {
    this.preset = preset;
    this.fixed = null;
  }

  /** Shows a window; one that reaches into the future ends now, one that is too short or too long is made to fit. */
  show(from, to) {
    const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, to - from));
    const middle = (from + to) / 2;
    const end = Math.min(now(), middle + length / 2);
    this.fixed = { from: Math.round(end - length), to: Math.round(end) };
  }

  /** Makes the window so many times as long, while a moment stays where it is. */
  scale(factor, at) {
    const { from, to } = this.current();
    const anchor = Number.isFinite(at) ? at : (from + to) / 2;
    this.show(anchor - (anchor - from) * factor, anchor + (to - anchor) * factor);
  }

  /** Moves the window by a part of its length; negative is into the past. */
  shift(part) {
    const { from, to } = this.current();
    const by = (to - from) * part;
    this.show(from + by, to + by);
  }

  /** How long it takes until the live window has moved by one of so many pixels. */
  pixelMs(pixels) {
    const { from, to } = this.current();
    return (to - from) / pixels;
  }

  /** Only what was seen live can be shown where there is no history. */
  keepToLive() {
    this.follow(PRESETS[0]);
  }
}
