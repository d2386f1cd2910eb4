/** What mouse, finger and keys do on a chart: point, zoom by dragging, pan with shift or a finger, zoom by wheel with ctrl. */
import { h } from './dom.js';

const LEAST_DRAG_PX = 5;
const WHEEL_STEP = 1.25;
const KEY_PAN = 0.25;
// Turns of the wheel, or strokes of keys, that follow each other this soon are one step.
const ONE_STEP_MS = 1000;

/**
 * Listens on the surface of a chart.
 *
 * @param {HTMLElement} surface the plotting area, whose left and right edges are those of the window
 * @param {import('./time-window.js').TimeWindow} window
 * @param {object} actions
 * @param {(time: number, y: number) => void} actions.point `y` from 0 at the top to 1; NaN and NaN for nowhere
 * @param {(begins: boolean) => void} actions.moved the window has become another; `begins` with the first change of what is one step to who looks on
 * @param {() => void} actions.reset
 */
export function gestures(surface, window, { point, moved, reset }) {
  const selection = h('div', { class: 'selection', hidden: true });
  surface.append(selection);
  let drag = null;
  const turned = steps();

  const place = (event) => {
    const box = surface.getBoundingClientRect();
    return { x: Math.min(box.width, Math.max(0, event.clientX - box.left)), y: (event.clientY - box.top) / box.height, width: box.width };
  };
  const timeAt = ({ x, width }, { from, to } = window.current()) => from + (x / width) * (to - from);

  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    if (drag) {
      // A second finger: what two would do together, a chart cannot.
      drag = null;
      selection.hidden = true;
      return;
    }
    drag = { id: event.pointerId, begin: place(event), shown: window.current(), pan: event.shiftKey || event.pointerType === 'touch', far: false };
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener('pointermove', (event) => {
    const at = place(event);
    // A finger that drags no more is the rest of a gesture of two.
    if (!drag) return event.pointerType === 'touch' ? undefined : point(timeAt(at), at.y);
    if (event.pointerId !== drag.id) return undefined;
    drag.far ||= Math.abs(at.x - drag.begin.x) >= LEAST_DRAG_PX;
    if (!drag.far) return undefined;
    if (drag.pan) {
      const by = ((drag.begin.x - at.x) / at.width) * (drag.shown.to - drag.shown.from);
      window.show(drag.shown.from + by, drag.shown.to + by);
      point(NaN, NaN);
      const begins = !drag.moved;
      drag.moved = true;
      return moved(begins);
    }
    selection.hidden = false;
    selection.style.left = `${Math.min(at.x, drag.begin.x)}px`;
    selection.style.width = `${Math.abs(at.x - drag.begin.x)}px`;
    return undefined;
  });
  const end = (event) => {
    const done = drag;
    if (done?.id !== event.pointerId) return;
    drag = null;
    selection.hidden = true;
    const at = place(event);
    if (event.type === 'pointercancel' || !done.far) {
      if (event.type === 'pointerup') point(timeAt(at), at.y);
      return;
    }
    if (done.pan) return;
    const times = [timeAt(done.begin, done.shown), timeAt(at, done.shown)].sort((a, b) => a - b);
    window.show(...times);
    point(NaN, NaN);
    moved(true);
  };
  surface.addEventListener('pointerup', end);
  surface.addEventListener('pointercancel', end);
  surface.addEventListener('pointerleave', (event) => {
    // A finger leaves as soon as it is lifted; what it pointed at stays, to be read.
    if (!drag && event.pointerType !== 'touch') point(NaN, NaN);
  });
  surface.addEventListener('dblclick', reset);
  surface.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    window.scale(event.deltaY > 0 ? WHEEL_STEP : 1 / WHEEL_STEP, timeAt(place(event)));
    moved(turned());
  }, { passive: false });
}

/** Tells of each of several changes whether it begins a step. */
function steps() {
  let last = -Infinity;
  return () => {
    const time = performance.now();
    const begins = time - last > ONE_STEP_MS;
    last = time;
    return begins;
  };
}

/**
 * Listens for keys on the element of a chart that can have the focus.
 *
 * @param {HTMLElement} element
 * @param {import('./time-window.js').TimeWindow} window
 * @param {{step: (by: number) => void, line: (by: number) => void, edge: (end: boolean) => void, time: () => number,
 *     moved: (begins: boolean) => void, reset: () => void}} actions
 */
export function chartKeys(element, window, { step, line, edge, time, moved, reset }) {
  const pressed = steps();
  const pan = (part) => { window.shift(part); moved(pressed()); };
  const zoom = (factor) => { window.scale(factor, time()); moved(pressed()); };
  const keys = {
    ArrowLeft: (event) => (event.shiftKey ? pan(-KEY_PAN) : step(-1)),
    ArrowRight: (event) => (event.shiftKey ? pan(KEY_PAN) : step(1)),
    ArrowUp: () => line(-1),
    ArrowDown: () => line(1),
    Home: () => edge(false),
    End: () => edge(true),
    '+': () => zoom(0.5),
    '=': () => zoom(0.5),
    '-': () => zoom(2),
    Escape: reset,
  };
  element.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.target !== element || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act(event);
  });
}
