/** How gaps are shown: as bands behind the lines of a chart, and as a list for those who read. */
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';
import { CAUSES, gapText } from './gaps.js';

const LISTED = 5;

/**
 * Shades gaps in a chart and writes their cause where there is room.
 *
 * @param {uPlot} plot
 * @param {Array<{from: number, to: number, cause: string}>} gaps
 * @param {CSSStyleDeclaration} style where the theme's variables are read
 */
export function drawGaps(plot, gaps, style) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.font = `${10 * scale}px ${style.getPropertyValue('--font').trim()}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const gap of gaps) {
    const from = Math.max(bbox.left, plot.valToPos(gap.from, 'x', true));
    const width = Math.max(scale, Math.min(right, plot.valToPos(gap.to, 'x', true)) - from);
    if (from > right || from + width < bbox.left) continue;
    ctx.fillStyle = style.getPropertyValue(`--gap-${gap.cause === 'dropped' || gap.cause === 'arriving' ? gap.cause : 'absent'}`).trim();
    ctx.fillRect(from, bbox.top, width, bbox.height);
    const name = CAUSES[gap.cause];
    if (ctx.measureText(name).width + 6 * scale > width) continue;
    ctx.fillStyle = style.getPropertyValue('--muted').trim();
    ctx.fillText(name, from + width / 2, bbox.top + 4 * scale);
  }
  ctx.restore();
}

/** Creates the list of a machine's gaps, the newest first. */
export function gapList() {
  const list = h('ul', { class: 'gap-list' });
  const more = h('p', { class: 'hint' });
  const element = h('section', { class: 'gaps', 'aria-label': 'Gaps in the data', data: { testid: 'gaps' } }, list, more);
  const entries = keyedChildren(list, () => {
    const words = h('span');
    const entry = h('li', { data: { testid: 'gap' } }, h('span', { class: 'gap-swatch', 'aria-hidden': 'true' }), words);
    return {
      element: entry,
      update({ gap, now }) {
        setAttribute(entry, 'data-cause', gap.cause);
        setText(words, gapText(gap, now));
      },
    };
  });
  return {
    element,
    /** @param {Array<{from: number, to: number, cause: string, text: string}>} gaps in time order */
    update(gaps, now) {
      const newest = gaps.slice(-LISTED).reverse();
      entries.sync(newest.map((gap) => ({ gap, now })), ({ gap }) => String(gap.from));
      setText(more, gaps.length > LISTED ? `and ${gaps.length - LISTED} earlier in this range` : '');
      setShown(more, gaps.length > LISTED);
      setShown(element, gaps.length > 0);
    },
  };
}
