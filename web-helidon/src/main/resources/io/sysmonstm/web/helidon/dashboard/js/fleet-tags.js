/** The tags of the fleet as chips to filter by: of one tag several values, of several tags all. */
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';
import { tagsOf } from './fleet-state.js';

const SHOWN_AT_FIRST = 12;
const MOST = 200;

/**
 * Creates the chips.
 *
 * @param {{tags: Set<string>}} state changed in place
 * @param {() => void} onChange
 */
export function tagChips(state, onChange) {
  const list = h('ul', { class: 'chips', 'aria-label': 'Filter by tag' });
  const chips = keyedChildren(list, createChip);
  const more = h('button', { type: 'button', class: 'chip-more', 'aria-expanded': 'false', onclick: () => toggleAll() });
  const clear = h('button', {
    type: 'button', class: 'chip-more', data: { testid: 'clear-tags' },
    onclick: () => {
      state.tags.clear();
      onChange();
    },
  }, 'Clear');
  const element = h('div', { class: 'chip-row', hidden: true, data: { testid: 'tags' } }, list, more, clear);
  let all = false;
  let machines = [];

  function toggleAll() {
    all = !all;
    setAttribute(more, 'aria-expanded', String(all));
    update(machines);
  }

  function createChip({ tag }) {
    const number = h('span', { class: 'chip-count' });
    const button = h('button', {
      type: 'button', class: 'chip', title: tag, data: { testid: 'tag', tag },
      onclick: () => {
        if (!state.tags.delete(tag)) state.tags.add(tag);
        onChange();
      },
    }, h('span', { class: 'chip-text' }, tag), ' ', number);
    return {
      element: h('li', null, button),
      update({ count }) {
        setText(number, String(count));
        setAttribute(button, 'aria-pressed', String(state.tags.has(tag)));
      },
    };
  }

  function update(current) {
    machines = current;
    const counts = new Map([...state.tags].map((tag) => [tag, 0]));
    for (const machine of machines) {
      for (const tag of tagsOf(machine)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    // A tag that each machine has to itself tells nothing apart.
    const useful = [...counts].map(([tag, count]) => ({ tag, count }))
      .sort((a, b) => state.tags.has(b.tag) - state.tags.has(a.tag) || b.count - a.count || (a.tag < b.tag ? -1 : 1)).slice(0, MOST);
    const chosen = all ? useful : useful.slice(0, Math.max(SHOWN_AT_FIRST, state.tags.size));
    // By key and value: a chip does not wander about as counts change.
    chips.sync(chosen.sort((a, b) => (a.tag < b.tag ? -1 : 1)), ({ tag }) => tag);
    setShown(element, useful.length > 0);
    setShown(more, useful.length > SHOWN_AT_FIRST);
    setText(more, all ? 'Fewer' : `${useful.length - chosen.length} more`);
    setShown(clear, state.tags.size > 0);
  }

  return { element, update };
}
