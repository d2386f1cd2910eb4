/** Small drawn signs. Shape carries the meaning as much as colour does. */
import { svg } from './dom.js';

const SHAPES = {
  up: [['circle', { cx: 8, cy: 8, r: 4.5, fill: 'currentColor' }]],
  stale: [['circle', { cx: 8, cy: 8, r: 5, fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }], ['path', { d: 'M8 5v3.2l2 1.3' }]],
  down: [['path', { d: 'M4 4l8 8M12 4l-8 8', 'stroke-width': 2.4 }]],
  info: [['circle', { cx: 8, cy: 8, r: 6.2 }], ['path', { d: 'M8 7.4v3.4M8 5v.2' }]],
  warning: [['path', { d: 'M8 2.2 14.4 13.4H1.6z' }], ['path', { d: 'M8 6.4v3.2M8 11.4v.2' }]],
  critical: [['path', { d: 'M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z' }], ['path', { d: 'M8 4.8v3.8M8 11v.2' }]],
  search: [['circle', { cx: 7, cy: 7, r: 4.6 }], ['path', { d: 'M10.6 10.6 14 14' }]],
  settings: [['path', { d: 'M2 5h6M12 5h2M2 11h2M8 11h6' }], ['circle', { cx: 10, cy: 5, r: 1.9 }], ['circle', { cx: 6, cy: 11, r: 1.9 }]],
  plus: [['path', { d: 'M8 3v10M3 8h10' }]],
  table: [['path', { d: 'M2 4h12M2 8h12M2 12h12' }]],
  cards: [['rect', { x: 2, y: 2.5, width: 5, height: 4.5, rx: 1 }], ['rect', { x: 9, y: 2.5, width: 5, height: 4.5, rx: 1 }], ['rect', { x: 2, y: 9, width: 5, height: 4.5, rx: 1 }], ['rect', { x: 9, y: 9, width: 5, height: 4.5, rx: 1 }]],
  columns: [['path', { d: 'M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11' }]],
  check: [['path', { d: 'M3.2 8.6l3.2 3.2 6.4-7.2' }]],
};

/**
 * An icon in the colour of the text around it; hidden from screen readers, which get words instead.
 *
 * @param {keyof SHAPES} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const shapes = SHAPES[name] ?? SHAPES.info;
  return svg('svg', {
    class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', focusable: 'false',
    fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round',
  }, shapes.map(([tag, attributes]) => svg(tag, attributes)));
}
