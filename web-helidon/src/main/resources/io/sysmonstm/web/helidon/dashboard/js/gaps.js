/** Where the data of a machine has gaps, and why, as far as what its collector says of itself tells. */
import { count, duration, moment } from './format.js';

/** What tells of gaps, in the form of an entry of CHARTS; never drawn. */
export const HEARTBEAT = {
  id: 'heartbeat',
  // An average of two boots would be a third one.
  metrics: [{ name: 'agent_spool_depth' }, { name: 'agent_dropped' }, { name: 'boot_time', aggregate: 'max' }],
};
// A few batches are always on their way.
const FEW_BATCHES = 4;
// The time of the boot follows the wall clock, which is set now and then.
const CLOCK_STEP_MS = 30_000;
// A shorter one may be a hole between what was stored and what came live.
const SHORTEST_MS = 10_000;
// What was in the spool and no longer is may not be in the answers yet that the page has.
const SETTLING_MS = 15 * 60_000;

/** What a gap is called in a chart, by its cause. */
export const CAUSES = {
  off: 'off', dropped: 'dropped', arriving: 'arriving', absent: 'no data', silent: 'silent', unread: 'no reading',
};

/**
 * The times in which no line has points, between the first point and `until`.
 *
 * @param {Array<{times: number[], gap: number, bucketMs: number}>} lines see Line
 * @param {number} until
 * @returns {Array<{from: number, to: number, open: boolean}>} in time order; `open` where the data has not gone on
 */
export function gapsOf(lines, until) {
  const covered = lines.flatMap(spans).sort((a, b) => a.from - b.from);
  const gaps = [];
  let end = covered[0]?.to;
  for (const { from, to } of covered) {
    if (from - end >= SHORTEST_MS) gaps.push({ from: end, to: from, open: false });
    end = Math.max(end, to);
  }
  const patience = Math.max(SHORTEST_MS, ...lines.map((line) => line.gap));
  if (until - end > patience) gaps.push({ from: end, to: until, open: true });
  return gaps;
}

/** The times that a line covers: its points, and what is between those that are joined. */
function spans({ times, gap, bucketMs }) {
  const found = [];
  for (const time of times) {
    const last = found.at(-1);
    if (last && time - last.start <= gap) {
      last.start = time;
      last.to = time + bucketMs;
    } else {
      found.push({ from: time, start: time, to: time + bucketMs });
    }
  }
  return found;
}

/**
 * Says why a machine's data has gaps.
 *
 * What lay in the spool while there was no connection is told from what nobody collected by the spool's depth, which was
 * higher after the gap. What is dropped is dropped later, when the spool is full: the count grows after the gap.
 *
 * @param {Array<{from: number, to: number, open: boolean}>} gaps of all its lines together
 * @param {{depth?: object, dropped?: object, boot?: object}} heartbeat lines of the HEARTBEAT metrics
 * @param {{waiting: number, now: number}} current batches that wait in its spool
 * @returns {Array<{from: number, to: number, cause: string, text: string}>}
 */
export function explain(gaps, { depth, dropped, boot }, { waiting, now }) {
  const spooled = gaps.map((gap) => !gap.open && wasSpooled(gap, depth, dropped));
  const lastSpooled = spooled.lastIndexOf(true);
  return gaps.map((gap, index) => {
    const found = (cause, text) => ({ from: gap.from, to: gap.to, cause, text });
    const bootAt = bootWithin(gap, boot);
    if (bootAt) return found('off', `Machine off or restarting: it booted at ${moment(bootAt, now)}.`);
    if (index === lastSpooled && isWaiting(waiting)) {
      return found('arriving', `Still arriving: ${count(waiting)} batches wait in the collector's spool.`);
    }
    if (spooled[index]) {
      const next = spooled.indexOf(true, index + 1);
      const lost = growth(dropped, gap.from, next < 0 ? Infinity : gaps[next].from);
      if (lost > 0) return found('dropped', `The collector dropped ${count(lost)} samples: the bound of its spool was passed.`);
    }
    if (index === lastSpooled && now - gap.to < SETTLING_MS) {
      return found('arriving', 'Still arriving: what was collected meanwhile has left the spool.');
    }
    if (gap.open && now - gap.to < duringGap(gap)) {
      return found('silent', 'Silent since then: no connection, or the collector does not run.');
    }
    return found('absent', depth && !gap.open
      ? 'Nothing was collected: the collector did not run, or the machine slept.'
      : 'No samples came: no connection, or nothing was collected.');
  });
}

/** Whether a collector keeps more batches than are always on their way. */
export const isWaiting = (batches) => batches > FEW_BATCHES;

const duringGap = ({ from, to }) => Math.max(60_000, to - from);

/** Whether the machine collected during the gap, which its spool shows afterwards. */
function wasSpooled(gap, depth, dropped) {
  if (growth(dropped, gap.from, gap.to) > 0) return true;
  if (!depth) return false;
  const before = valueUpTo(depth, gap.from) ?? 0;
  const after = depth.values[indexFrom(depth, gap.to)] ?? 0;
  const cycles = (gap.to - gap.from) / (depth.gap / 3);
  return after - before > FEW_BATCHES && after - before >= cycles / 4;
}

/** When the machine booted, where that was in the gap or just before its end; else undefined. */
function bootWithin(gap, boot) {
  if (!boot || gap.open) return undefined;
  const after = boot.values[indexFrom(boot, gap.to)] * 1000;
  const before = valueUpTo(boot, gap.from) * 1000;
  if (!(after > gap.from - CLOCK_STEP_MS && after <= gap.to + CLOCK_STEP_MS)) return undefined;
  return after - before <= CLOCK_STEP_MS ? undefined : after;
}

/** How much a count has grown between its last point up to `from` and its last one up to `to`; it may begin anew. */
function growth(counter, from, to) {
  if (!counter) return 0;
  let before;
  let sum = 0;
  counter.times.forEach((time, index) => {
    const value = counter.values[index];
    // The first point after a gap tells of the gap.
    const within = time > from && (time <= to || counter.times[index - 1] < to);
    if (within && before !== undefined && value > before) sum += value - before;
    before = value;
  });
  return sum;
}

function indexFrom({ times }, time) {
  return times.findIndex((candidate) => candidate >= time);
}

function valueUpTo({ times, values }, time) {
  return values[times.findLastIndex((candidate) => candidate <= time)];
}

/**
 * The gaps of one chart: those of the machine, and those that it has alone, because a sensor told nothing.
 *
 * @param {Array} lines of the chart
 * @param {Array<{from: number, to: number}>} ofMachine what `explain` found
 * @param {number} until
 */
export function gapsOfChart(lines, ofMachine, until) {
  if (!lines.length) return [];
  const patience = Math.max(...lines.map((line) => line.gap));
  const own = gapsOf(lines, until).filter((gap) => !ofMachine.some((known) =>
    Math.abs(known.from - gap.from) <= patience && Math.abs(known.to - gap.to) <= patience));
  return [...own.map(({ from, to }) => ({ from, to, cause: 'unread', text: 'No reading from this sensor, while the machine reported.' })), ...ofMachine];
}

/** A gap in words: when, how long, why. */
export function gapText({ from, to, text }, now) {
  return `${moment(from, now)} – ${moment(to, now)} (${duration(to - from)}): ${text}`;
}
