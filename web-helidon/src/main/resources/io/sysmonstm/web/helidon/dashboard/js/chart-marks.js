/** What is drawn into charts besides the data: the band between the least and the greatest sample, alerts, reboots. */

const BAND_ALPHA = 0.2;
const STRIPE_PX = 3;

/**
 * Shades the samples that an average stands for.
 *
 * @param {uPlot} plot
 * @param {Array<{line: object, index: number}>} bands
 * @param {string[]} colours by index
 */
export function drawBands(plot, bands, colours) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.globalAlpha = BAND_ALPHA;
  for (const { line, index } of bands) {
    ctx.fillStyle = colours[index];
    for (const [begin, end] of runs(line)) {
      ctx.beginPath();
      for (let i = begin; i <= end; i++) ctx.lineTo(plot.valToPos(line.times[i], 'x', true), plot.valToPos(line.maxs[i], 'y', true));
      for (let i = end; i >= begin; i--) ctx.lineTo(plot.valToPos(line.times[i], 'x', true), plot.valToPos(line.mins[i], 'y', true));
      ctx.fill();
    }
  }
  ctx.restore();
}

/** The first and last index of each part of a line without a gap. */
function runs({ times, gap }) {
  const found = [];
  let begin = 0;
  for (let i = 1; i <= times.length; i++) {
    if (i < times.length && times[i] - times[i - 1] <= gap) continue;
    found.push([begin, i - 1]);
    begin = i;
  }
  return found;
}

/**
 * Marks alerts, as a stripe along the top for as long as they fired, and reboots, as a line from top to bottom.
 *
 * @param {{ctx: CanvasRenderingContext2D, bbox: object, valToPos: function}} plot
 * @param {Array<{kind: string, from: number, to: number, severity: string}>} events
 * @param {CSSStyleDeclaration} style where the theme's variables are read
 */
export function drawEvents(plot, events, style) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const right = bbox.left + bbox.width;
  ctx.save();
  for (const event of events) {
    const from = plot.valToPos(event.from, 'x', true);
    const to = plot.valToPos(event.to, 'x', true);
    if (to < bbox.left || from > right) continue;
    ctx.fillStyle = ctx.strokeStyle = style.getPropertyValue(colourOf(event)).trim();
    ctx.lineWidth = scale;
    if (event.kind === 'alert') {
      const left = Math.max(bbox.left, from);
      ctx.fillRect(left, bbox.top, Math.max(2 * scale, Math.min(right, to) - left), STRIPE_PX * scale);
    }
    if (from < bbox.left) continue;
    ctx.setLineDash(event.kind === 'alert' ? [2 * scale, 3 * scale] : [6 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(from, bbox.top);
    ctx.lineTo(from, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

const COLOURS = { critical: '--bar-hot', warning: '--bar-warm', info: '--bar-calm' };
const colourOf = (event) => (event.kind === 'reboot' ? '--text' : COLOURS[event.severity] ?? '--bar-calm');
