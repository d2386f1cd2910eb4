/** The points of one chart: stored history, live samples at its right edge, and their alignment for drawing. */
import { seriesKey } from './chart-specs.js';

// Points further apart than this many steps are not joined: a gap in the data is a gap in the line.
const GAP_STEPS = 3;
const USUAL_INTERVAL_MS = 5000;

function medianStep(times) {
  if (times.length < 3) return 0;
  const steps = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b);
  return steps[steps.length >> 1];
}

/**
 * One line: parallel arrays in time order. With a bucket width, live samples are averaged into buckets as the server does
 * it; those up to `joinAfter` are part of the points already.
 */
class Line {
  constructor(metric, labels, bucketMs = 0) {
    this.metric = metric;
    this.labels = labels;
    this.bucketMs = bucketMs;
    this.times = [];
    this.values = [];
    /** The least and the greatest sample of each bucket, where they were asked for; else empty. */
    this.mins = [];
    this.maxs = [];
    this.newest = -Infinity;
    this.joinAfter = -Infinity;
    this.historyStep = 0;
    this.weight = 0;
  }

  /** Takes the points of a history answer, which ended at `until`; with a band they have `[time, average, least, greatest]`. */
  load(points, until, banded) {
    for (const [time, value, min, max] of points) {
      if (typeof value !== 'number') continue;
      this.times.push(time);
      this.values.push(value);
      if (!banded) continue;
      this.mins.push(min ?? value);
      this.maxs.push(max ?? value);
    }
    this.historyStep = medianStep(this.times);
    const last = this.times.at(-1);
    if (last === undefined) return;
    this.newest = last;
    this.joinAfter = this.bucketMs ? Math.min(until, last + this.bucketMs) - 1 : last;
    // How many samples the unfinished last bucket stands for is not told; an estimate keeps the average steady.
    this.weight = Math.max(1, Math.round((this.joinAfter - last) / USUAL_INTERVAL_MS));
  }

  push(time, value) {
    if (time <= this.joinAfter) return;
    this.joinAfter = time;
    this.newest = time;
    const last = this.times.at(-1);
    if (!this.bucketMs) {
      this.times.push(time);
      this.values.push(value);
    } else if (last !== undefined && time < last + this.bucketMs) {
      this.weight++;
      const place = this.values.length - 1;
      this.values[place] += (value - this.values[place]) / this.weight;
      if (!this.banded) return;
      this.mins[place] = Math.min(this.mins[place], value);
      this.maxs[place] = Math.max(this.maxs[place], value);
    } else {
      // Later buckets keep the phase of the server's.
      const phase = (last ?? 0) % this.bucketMs;
      this.times.push(Math.floor((time - phase) / this.bucketMs) * this.bucketMs + phase);
      if (this.banded || !this.values.length) {
        this.mins.push(value);
        this.maxs.push(value);
      }
      this.values.push(value);
      this.weight = 1;
    }
  }

  /** Whether each point stands for the samples between a least and a greatest one. */
  get banded() {
    return this.mins.length > 0;
  }

  trim(before) {
    let expired = 0;
    while (expired < this.times.length && this.times[expired] < before) expired++;
    if (expired) {
      this.times.splice(0, expired);
      this.values.splice(0, expired);
      this.mins.splice(0, expired);
      this.maxs.splice(0, expired);
    }
  }

  /** The distance from which two neighbours count as separated by a gap. */
  get gap() {
    return GAP_STEPS * Math.max(this.bucketMs, this.historyStep || medianStep(this.times) || USUAL_INTERVAL_MS);
  }
}

/** All lines of one chart. */
export class ChartData {
  resolution = 'live';
  stepMs = 0;
  lines = new Map();

  /** @param {object} spec an entry of CHARTS */
  constructor(spec) {
    this.spec = spec;
  }

  /**
   * Starts anew from history answers (none for live only) and the live samples that are newer.
   *
   * @param {Array} answers one per metric of the chart
   * @param {number} until where the answers end
   * @param {Map} recent live samples by series key
   */
  replace(answers, until, recent) {
    this.lines = new Map();
    this.resolution = answers[0]?.resolution ?? 'live';
    this.stepMs = answers[0]?.step_ms ?? 0;
    for (const answer of answers) {
      const banded = answer.aggregates?.length === 3;
      const bucketMs = answer.step_ms;
      for (const { metric, labels, points } of answer.series ?? []) {
        const line = new Line(metric, labels ?? {}, bucketMs);
        line.load(points, until, banded);
        this.lines.set(seriesKey(metric, labels), line);
      }
    }
    const bucketMs = answers.find((answer) => answer.step_ms)?.step_ms ?? 0;
    for (const [key, { metric, labels, times, values }] of recent) {
      if (!this.#draws(metric)) continue;
      const line = this.#line(key, metric, labels, bucketMs);
      times.forEach((time, index) => line.push(time, values[index]));
    }
  }

  /** Adds a machine's newest readings at the right edge. */
  append(machine, time) {
    for (const { name } of this.spec.metrics) {
      for (const { labels, value } of machine.readings(name)) {
        this.#line(seriesKey(name, labels), name, labels, this.#bucketMs()).push(time, value);
      }
    }
  }

  trim(before) {
    for (const [key, line] of this.lines) {
      line.trim(before);
      if (!line.times.length) this.lines.delete(key);
    }
  }

  /** The time of the newest point or of the newest live sample in it; -Infinity where there is none. */
  get newest() {
    return Math.max(-Infinity, ...[...this.lines.values()].map((line) => line.newest));
  }

  /** The distance of neighbouring points: the width of a bucket, or what samples usually have between them. */
  get interval() {
    if (this.stepMs) return this.stepMs;
    for (const line of this.lines.values()) if (line.times.length > 2) return line.historyStep || medianStep(line.times);
    return 0;
  }

  #draws(metric) {
    return this.spec.metrics.some(({ name }) => name === metric);
  }

  #bucketMs() {
    for (const line of this.lines.values()) return line.bucketMs;
    return 0;
  }

  #line(key, metric, labels, bucketMs) {
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = new Line(metric, labels, bucketMs)));
    return line;
  }
}

/**
 * Puts lines on one time axis: a value where a line has a point, null where it is broken by a gap, undefined where
 * only other lines have a point (the drawing goes straight on there).
 *
 * @param {Line[]} lines
 * @returns {{data: Array<Array>, points: number}} the axis first, then one array per line
 */
export function align(lines) {
  const axis = new Set();
  const breaks = lines.map((line) => {
    const found = [];
    const { gap } = line;
    line.times.forEach((time, index) => {
      axis.add(time);
      if (index && time - line.times[index - 1] > gap) found.push(line.times[index - 1] + 1);
    });
    return found;
  });
  breaks.flat().forEach((time) => axis.add(time));
  const times = [...axis].sort((a, b) => a - b);
  const place = new Map(times.map((time, index) => [time, index]));
  let points = 0;
  const columns = lines.map((line, which) => {
    const column = new Array(times.length).fill(undefined);
    for (const time of breaks[which]) column[place.get(time)] = null;
    line.times.forEach((time, index) => {
      column[place.get(time)] = line.values[index];
    });
    points += line.times.length;
    return column;
  });
  return { data: [times, ...columns], points };
}
