/** Numbers, sizes and times as people read them. A missing value is always an en dash. */
import { preference, preferenceEvents } from './prefs.js';

export const NOTHING = '–';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
const BIT_UNITS = ['bit', 'kbit', 'Mbit', 'Gbit', 'Tbit', 'Pbit'];

const TIME_OF_DAY = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const DATE = { year: 'numeric', month: 'short', day: 'numeric' };
let formats = clockFormats();
preferenceEvents.on('change', () => { formats = clockFormats(); });

/** Making these is slow, so that they are kept for as long as nobody prefers another clock. */
function clockFormats() {
  const hours = preference('clock');
  const clock = {
    ...(preference('zone') === 'utc' && { timeZone: 'UTC', timeZoneName: 'short' }),
    ...(hours !== 'locale' && { hourCycle: hours }),
  };
  return {
    clock: new Intl.DateTimeFormat(undefined, { ...TIME_OF_DAY, ...clock }),
    dateAndClock: new Intl.DateTimeFormat(undefined, { ...DATE, ...TIME_OF_DAY, ...clock }),
    ...axisFormats(hours === 'h12' ? 'h12' : 'h23', preference('zone') === 'utc' ? 'UTC' : undefined),
  };
}

/** Along an axis there is room for the shortest forms only. */
function axisFormats(hourCycle, timeZone) {
  const { second, ...minutes } = TIME_OF_DAY;
  return {
    day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone }),
    minute: new Intl.DateTimeFormat(undefined, { ...minutes, hourCycle, timeZone }),
    second: new Intl.DateTimeFormat(undefined, { ...minutes, second, hourCycle, timeZone }),
  };
}

const missing = (value) => value == null || !Number.isFinite(value);

/** `42.3%` */
export function percent(value) {
  return missing(value) ? NOTHING : `${value.toFixed(1)}%`;
}

/** `1.5 GiB` */
export function bytes(value) {
  if (missing(value)) return NOTHING;
  let size = Math.abs(value);
  let unit = 0;
  // 1023.95 would print as 1024.0, so the next unit begins a little earlier.
  while (size >= 1023.95 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${value < 0 ? '-' : ''}${size.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

/** `1.5 MiB/s`, or `12.6 Mbit/s` for who prefers that */
export function byteRate(value) {
  if (missing(value)) return NOTHING;
  return preference('rates') === 'bits' ? bitRate(8 * value) : `${bytes(value)}/s`;
}

function bitRate(value) {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 999.95 && unit < BIT_UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${value < 0 ? '-' : ''}${size.toFixed(digits)} ${BIT_UNITS[unit]}/s`;
}

/** `48.5 °C`, or `119.3 °F` for who prefers that */
export function temperature(celsius) {
  if (missing(celsius)) return NOTHING;
  return preference('temperature') === 'fahrenheit' ? `${(celsius * 1.8 + 32).toFixed(1)} °F` : `${celsius.toFixed(1)} °C`;
}

/** A plain number with at most two decimals. */
export function decimal(value) {
  return missing(value) ? NOTHING : value.toFixed(2);
}

/** A whole number with thousands separators. */
export function count(value) {
  return missing(value) ? NOTHING : Math.round(value).toLocaleString('en');
}

/** A length of time in its two largest units: `3 d 4 h`, `12 min`, `45 s`. */
export function duration(ms) {
  if (missing(ms)) return NOTHING;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 30 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/** A length of time in its largest unit only: `3 h`, for where room is scarce. */
export function roughly(ms) {
  return duration(ms).split(' ').slice(0, 2).join(' ');
}

/** `4 s ago` */
export function ago(ms, now) {
  if (missing(ms)) return 'never';
  return now - ms < 1000 ? 'now' : `${roughly(now - ms)} ago`;
}

/** Local time of day for moments of the last 20 hours, else with the date. */
export function moment(ms, now) {
  if (missing(ms)) return NOTHING;
  return Math.abs(now - ms) < 20 * 3_600_000 ? formats.clock.format(ms) : formats.dateAndClock.format(ms);
}

/** A moment on an axis that is divided by `unit`: `day`, `minute` or `second`. */
export function axisTime(ms, unit) {
  return formats[unit].format(ms);
}

/** Local date and time. */
export function dateAndTime(ms) {
  return missing(ms) ? NOTHING : formats.dateAndClock.format(ms);
}

/** ISO-8601 in UTC, or null. */
export function iso(ms) {
  return missing(ms) ? null : new Date(ms).toISOString();
}

/** Epoch milliseconds from an ISO string or a number; NaN when it is neither. */
export function toMillis(value) {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Date.parse(value) : NaN;
}

/** A number as short as it can be: 90, not 90.00; at most three decimals. */
export function shortest(value) {
  return String(Math.round(value * 1000) / 1000);
}
