/**
 * Puts columns on top of each other. The last one lies on top and is drawn first, so each is the sum of itself and of those
 * below; what is hidden adds nothing.
 *
 * @param {Array<Array>} columns the time axis first, as of align
 * @param {boolean[]} shown whether each column after the axis counts
 * @returns {Array<Array>}
 */
export function stack([times, ...columns], shown) {
  const sums = new Array(times.length).fill(0);
  const stacked = columns.map((column, which) => column.map((value, place) => {
    if (value == null || !shown[which]) return value == null ? value : sums[place];
    sums[place] += value;
    return sums[place];
  }));
  return [times, ...stacked];
}
