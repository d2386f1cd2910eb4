/** Which lines of a chart belong together, and which are drawn where there are more than can be told apart. */

/** What a line is about, without the direction. */
export function groupName(line) {
  return line.labels.device && !line.labels.mount ? line.labels.device : line.labels.interface ?? line.labels.mount ?? '';
}

/**
 * The lines that reach highest.
 *
 * @param {Array<{labels: Object, values: number[]}>} lines
 * @param {boolean} paired whether lines of the same name are two directions, of which neither is shown without the other
 * @param {number} most how many there is room for
 */
export function highest(lines, paired, most) {
  const groups = Map.groupBy(lines, (line) => (paired ? groupName(line) : line));
  const peak = (group) => Math.max(...group.map(({ values }) => values.reduce((a, b) => Math.max(a, b), -Infinity)));
  let room = most;
  return [...groups.values()].map((group) => ({ group, peak: peak(group) })).sort((a, b) => b.peak - a.peak)
    .filter(({ group }) => (room -= group.length) >= 0).flatMap(({ group }) => group);
}
