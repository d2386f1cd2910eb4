/** Alerts and reboots within the window of the charts, as a list for those who read. */
import { h, keyedChildren, setAttribute, setShown, setText } from './dom.js';

const LISTED = 8;

/** Creates the list, the newest first. */
export function eventList() {
  const list = h('ul', { class: 'gap-list' });
  const more = h('p', { class: 'hint' });
  const element = h('section', { class: 'gaps', 'aria-label': 'Alerts and reboots in this range', data: { testid: 'events' } }, list, more);
  const entries = keyedChildren(list, () => {
    const words = h('span');
    const entry = h('li', { data: { testid: 'event' } }, h('span', { class: 'gap-swatch', 'aria-hidden': 'true' }), words);
    return {
      element: entry,
      update(event) {
        setAttribute(entry, 'data-kind', event.kind);
        setAttribute(entry, 'data-severity', event.severity ?? null);
        setText(words, event.text);
      },
    };
  });
  return {
    element,
    /** @param {Array<{kind: string, from: number, text: string}>} events */
    update(events) {
      const newest = [...events].sort((a, b) => b.from - a.from);
      entries.sync(newest.slice(0, LISTED), (event) => event.id ?? String(event.from));
      setText(more, `and ${events.length - LISTED} earlier in this range`);
      setShown(more, events.length > LISTED);
      setShown(element, events.length > 0);
    },
  };
}
