/** The alerts that are over: narrowed by span, machine, rule and severity, page by page. */
import { alertList } from './alert-list.js';
import { fetchAlertPage, problemsOf } from './api.js';
import { now } from './clock.js';
import { h, setAttribute, setShown, setText } from './dom.js';
import { field, input, select } from './forms.js';

const SETTLE_MS = 500;
const PAGE = 25;
const SPANS = [['-24h', '24 h'], ['-7d', '7 d'], ['-30d', '30 d'], ['-90d', '90 d']];

/**
 * Creates the section.
 *
 * @param {import('./store.js').FleetStore} store
 * @returns {{element: HTMLElement, load: () => void, stale: () => void, destroy: () => void}}
 */
export function alertHistory(store) {
  const list = alertList(store, { withMachine: true });
  const note = h('p', { class: 'hint panel-text', role: 'status', data: { testid: 'history-note' } });
  const machines = h('datalist', { id: 'history-machines' });
  const rules = h('datalist', { id: 'history-rules' });
  const filters = {
    machine: input({ list: 'history-machines', placeholder: 'any', data: { testid: 'history-machine' } }),
    rule: input({ list: 'history-rules', placeholder: 'any', data: { testid: 'history-rule' } }),
    severity: select([['', 'any'], 'critical', 'warning', 'info'], { data: { testid: 'history-severity' } }),
  };
  const form = h('form', { class: 'form history-filters', oninput: narrow, onsubmit: (event) => event.preventDefault() },
    field('Machine', filters.machine), field('Rule', filters.rule), field('Severity', filters.severity), machines, rules);
  const newer = h('button', { type: 'button', class: 'button small', data: { testid: 'history-newer' }, onclick: () => turn(-1) }, 'Newer');
  const older = h('button', { type: 'button', class: 'button small', data: { testid: 'history-older' }, onclick: () => turn(1) }, 'Older');
  const place = h('span', { class: 'hint', data: { testid: 'history-page' } });
  const pager = h('div', { class: 'pager', role: 'group', 'aria-label': 'Pages of the history' }, newer, place, older);
  const seenRules = new Set();
  let span = SPANS[1][0];
  let page = 0;
  let timer = 0;
  let asked = 0;
  const buttons = SPANS.map(([value, words]) => h('button', {
    type: 'button', 'aria-pressed': String(value === span), data: { span: value },
    onclick: () => {
      span = value;
      page = 0;
      for (const button of buttons) setAttribute(button, 'aria-pressed', String(button.dataset.span === span));
      load();
    },
  }, words));

  function narrow() {
    page = 0;
    clearTimeout(timer);
    timer = setTimeout(load, SETTLE_MS);
  }

  function turn(by) {
    page += by;
    load();
  }

  async function load() {
    clearTimeout(timer);
    timer = 0;
    const question = ++asked;
    const chosen = Object.fromEntries(Object.entries(filters).map(([name, control]) => [name, control.value.trim()]).filter(([, value]) => value));
    if (chosen.machine) chosen.machine = idOf(chosen.machine);
    try {
      const { alerts, total } = await fetchAlertPage({ state: 'resolved', from: span, limit: String(PAGE), offset: String(page * PAGE), ...chosen });
      if (question !== asked) return undefined;
      // What was on this page has gone since.
      if (!alerts.length && page > 0) return turn(-page);
      show(alerts, total, Object.keys(chosen).length > 0);
    } catch (failure) {
      if (question === asked) setText(note, problemsOf(failure).join(' '));
    }
    return undefined;
  }

  /** A machine is known by its host name; history by its id. */
  const idOf = (name) => [...store.machines.values()].find(({ hostname }) => hostname === name && !store.machines.has(name))?.id ?? name;

  function show(alerts, total, narrowed) {
    list.update(alerts, now());
    setText(note, alerts.length ? '' : narrowed ? 'Nothing of this kind has fired in this time.' : 'Nothing has fired in this time.');
    setShown(list.element, alerts.length > 0);
    setShown(pager, total > PAGE);
    newer.disabled = page === 0;
    older.disabled = (page + 1) * PAGE >= total;
    setText(place, `${page * PAGE + 1} to ${page * PAGE + alerts.length} of ${total}`);
    alerts.forEach((alert) => seenRules.add(alert.rule));
    rules.replaceChildren(...[...seenRules].sort().map((value) => h('option', { value })));
    machines.replaceChildren(...[...store.machines.keys()].sort().map((value) => h('option', { value })));
  }

  setShown(pager, false);
  return {
    element: h('section', { class: 'panel', 'aria-label': 'History', data: { testid: 'alert-history' } },
      h('div', { class: 'panel-head' }, h('h2', null, 'History'),
        h('div', { class: 'segmented', role: 'group', 'aria-label': 'Span of the history' }, buttons)), form, note, list.element, pager),
    load,
    stale() {
      timer ||= setTimeout(load, SETTLE_MS);
    },
    destroy: () => clearTimeout(timer),
  };
}
