/** The choice of which time the charts show. */
import { h, setAttribute, setShown, setText } from './dom.js';
import { dateAndTime } from './format.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HINT = 'Drag across a chart to zoom in, with shift to move.';

/** The presets, by the name they have in the address. */
export const PRESETS = [
  { key: '15m', title: '15 min', ms: 15 * MINUTE },
  { key: '1h', title: '1 h', ms: HOUR },
  { key: '6h', title: '6 h', ms: 6 * HOUR },
  { key: '24h', title: '24 h', ms: DAY },
  { key: '7d', title: '7 d', ms: 7 * DAY },
  { key: '30d', title: '30 d', ms: 30 * DAY },
  { key: '90d', title: '90 d', ms: 90 * DAY },
  { key: '1y', title: '1 y', ms: 365 * DAY },
];

/** The preset of a name, or the default one. */
export const presetOf = (key) => PRESETS.find((preset) => preset.key === key) ?? PRESETS[1];

/**
 * Creates the bar of presets.
 *
 * @param {object} actions
 * @param {(preset: object) => void} actions.choose
 * @param {() => void} actions.live lets the right edge follow the clock again
 * @param {(part: number) => void} actions.shift moves by a part of the window
 * @param {(factor: number) => void} actions.scale
 * @param {() => void} actions.lastData goes to the last data of a machine that is silent
 */
export function rangeBar({ choose, live, shift, scale, lastData }) {
  const buttons = PRESETS.map((preset) => ({
    preset,
    element: h('button', { type: 'button', 'aria-pressed': 'false', data: { testid: `range-${preset.key}` }, onclick: () => choose(preset) }, preset.title),
  }));
  const step = (sign, words, testid, onclick) => h('button', { type: 'button', 'aria-label': words, title: words, data: { testid }, onclick }, sign);
  const earlier = step('‹', 'Earlier', 'pan-left', () => shift(-0.5));
  const later = step('›', 'Later', 'pan-right', () => shift(0.5));
  const steps = [earlier, step('−', 'Show more time', 'zoom-out', () => scale(2)), step('+', 'Show less time', 'zoom-in', () => scale(0.5)), later];
  const zoomed = h('span', { class: 'zoomed', data: { testid: 'window' } });
  const follow = h('button', { type: 'button', class: 'button small live-button', 'aria-pressed': 'true', data: { testid: 'back-to-live' }, onclick: live }, 'Live');
  const before = h('button', { type: 'button', class: 'button small', data: { testid: 'before-silence' }, onclick: lastData }, 'Go to the last data');
  const note = h('span', { class: 'hint', role: 'status', data: { testid: 'history-note' } });
  return {
    element: h('div', { class: 'range-bar' },
      h('div', { class: 'segmented presets', role: 'group', 'aria-label': 'Range of the charts' }, buttons.map((button) => button.element)),
      h('div', { class: 'segmented steps', role: 'group', 'aria-label': 'Move and zoom' }, steps),
      follow, zoomed, before, note),
    /** @param {{preset: object, fixed: ?{from: number, to: number}, liveOnly: boolean, silent: boolean, atEnd: boolean, problem: string}} state */
    update({ preset, fixed, liveOnly, silent, atEnd, problem }) {
      for (const button of buttons) {
        setAttribute(button.element, 'aria-pressed', String(!fixed && button.preset === preset));
        button.element.disabled = liveOnly && button.preset !== PRESETS[0];
      }
      for (const element of steps) element.disabled = liveOnly;
      later.disabled = liveOnly || atEnd;
      setAttribute(follow, 'aria-pressed', String(!fixed));
      setText(zoomed, fixed ? `${dateAndTime(fixed.from)} – ${dateAndTime(fixed.to)}` : '');
      setShown(zoomed, Boolean(fixed));
      setShown(before, silent && !fixed && !liveOnly);
      setText(note, problem || (liveOnly ? 'Live view: no stored history here.' : fixed ? '' : HINT));
      setAttribute(note, 'data-problem', problem ? 'true' : null);
    },
  };
}
