/** The choice of how far back the charts go. */
import { h, setAttribute, setShown, setText } from './dom.js';
import { dateAndTime } from './format.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The presets, by the name they have in the address. */
export const PRESETS = [
  { key: '15m', title: '15 min', ms: 15 * MINUTE },
  { key: '1h', title: '1 h', ms: HOUR },
  { key: '6h', title: '6 h', ms: 6 * HOUR },
  { key: '24h', title: '24 h', ms: 24 * HOUR },
  { key: '7d', title: '7 d', ms: 7 * 24 * HOUR },
  { key: '30d', title: '30 d', ms: 30 * 24 * HOUR },
];

/** The preset of a name, or the default one. */
export const presetOf = (key) => PRESETS.find((preset) => preset.key === key) ?? PRESETS[1];

/**
 * Creates the bar of presets.
 *
 * @param {(preset: object) => void} onChoose
 * @param {() => void} onReset leaves a zoomed window
 * @param {() => void} onBeforeSilence goes to the last data of a machine that is silent
 */
export function rangeBar(onChoose, onReset, onBeforeSilence) {
  const buttons = PRESETS.map((preset) => ({
    preset,
    element: h('button', { type: 'button', 'aria-pressed': 'false', data: { testid: `range-${preset.key}` }, onclick: () => onChoose(preset) }, preset.title),
  }));
  const zoomed = h('span', { class: 'zoomed' });
  const back = h('button', { type: 'button', class: 'button small', data: { testid: 'back-to-live' }, onclick: onReset }, 'Back to live');
  const before = h('button', { type: 'button', class: 'button small', data: { testid: 'before-silence' }, onclick: onBeforeSilence }, 'Go to the last data');
  const note = h('span', { class: 'hint', role: 'status', data: { testid: 'history-note' } });
  return {
    element: h('div', { class: 'range-bar' },
      h('div', { class: 'segmented', role: 'group', 'aria-label': 'Range of the charts' }, buttons.map((button) => button.element)),
      zoomed, back, before, note),
    /** @param {{preset: object, zoom: ?{from: number, to: number}, liveOnly: boolean, silent: boolean, problem: string}} state */
    update({ preset, zoom, liveOnly, silent, problem }) {
      for (const button of buttons) {
        setAttribute(button.element, 'aria-pressed', String(!zoom && button.preset === preset));
        button.element.disabled = liveOnly && button.preset !== PRESETS[0];
      }
      setText(zoomed, zoom ? `${dateAndTime(zoom.from)} – ${dateAndTime(zoom.to)}` : '');
      setShown(zoomed, Boolean(zoom));
      setShown(back, Boolean(zoom));
      setShown(before, silent && !zoom && !liveOnly);
      setText(note, problem || (liveOnly ? 'Live view: no stored history here.' : zoom ? '' : 'Drag across a chart to zoom in.'));
      setAttribute(note, 'data-problem', problem ? 'true' : null);
    },
  };
}
