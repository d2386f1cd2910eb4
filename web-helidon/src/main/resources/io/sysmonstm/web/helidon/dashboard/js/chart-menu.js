/** What else can be done with a chart: take its data along as CSV, or its address. */
import { historyUrl } from './api.js';
import { h, setText } from './dom.js';

/**
 * Creates the menu.
 *
 * @param {object} spec an entry of CHARTS
 * @param {() => {machine: string, question: object, address: string, present: Set<string>}} current what the chart shows now:
 *     whose data, the question to history, the address of this view, and the metrics there are
 * @returns {HTMLElement}
 */
export function chartMenu(spec, current) {
  const list = h('ul');
  const element = h('details', { class: 'chart-menu', data: { testid: 'chart-menu' }, ontoggle: fill },
    h('summary', { 'aria-label': `${spec.title} chart: download and link`, title: 'Download and link' }, '⋯'), list);

  function fill() {
    document.removeEventListener('pointerdown', closeOutside, true);
    if (!element.open) return;
    document.addEventListener('pointerdown', closeOutside, true);
    const { machine, question, address, present } = current();
    const downloads = spec.metrics.filter(({ name }) => present.has(name)).map(({ name }) => h('li', null,
      h('a', { href: historyUrl(machine, name, { ...question, format: 'csv' }), download: `${machine}-${name}.csv`, data: { testid: 'csv' } },
        'CSV: ', h('code', null, name))));
    list.replaceChildren(...downloads, h('li', null, copyButton(address)));
  }

  function closeOutside(event) {
    if (!element.contains(event.target)) element.open = false;
  }

  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !element.open) return;
    event.stopPropagation();
    element.open = false;
    element.querySelector('summary').focus();
  });
  return element;
}

function copyButton(address) {
  const button = h('button', { type: 'button', class: 'button small', data: { testid: 'copy-link' }, onclick: copy }, 'Copy link');
  return button;

  async function copy() {
    try {
      await navigator.clipboard.writeText(address);
      setText(button, 'Copied');
    } catch {
      // Only pages of a secure context may write there; the address can still be taken by hand.
      const field = h('input', { type: 'text', readonly: true, value: address, 'aria-label': 'Link to this chart' });
      button.replaceWith(field);
      field.select();
    }
  }
}
