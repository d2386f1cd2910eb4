/** The rules page: all rules in force, what each watches for, and how many alerts of it fire. */
import { fetchRules, problemsOf } from './api.js';
import { h, keyedChildren, oncePerFrame, setShown, setText } from './dom.js';
import { matchText } from './forms.js';
import { conditionText } from './rule-text.js';

const COLUMNS = ['Rule', 'Watches for', 'Where', 'For', 'Severity', 'Firing', 'From'];

/** Builds the page. */
export function rulesPage(store) {
  const body = h('tbody');
  const rows = keyedChildren(body, ruleRow);
  const note = h('p', { class: 'hint panel-text', role: 'status' }, 'Loading…');
  const table = h('div', { class: 'table-scroll', tabindex: '0', role: 'group', 'aria-label': 'Rules' },
    h('table', { class: 'data-table rules-table', data: { testid: 'rules' } },
      h('thead', null, h('tr', null, COLUMNS.map((title) => h('th', { scope: 'col' }, title)))), body));
  let rules = [];
  const element = h('div', { class: 'page', data: { testid: 'rules-page' } },
    h('section', { class: 'panel', 'aria-label': 'Rules' },
      h('div', { class: 'panel-head' }, h('h1', { tabindex: '-1' }, 'Rules'),
        h('a', { class: 'button for-admins', href: '#/new-rule', data: { testid: 'new-rule' } }, 'New rule')), note, table));

  function render() {
    const firing = store.firing();
    rows.sync(rules.map((rule) => ({ rule, firing: firing.filter((alert) => alert.rule === rule.name).length })), ({ rule }) => rule.name);
    setShown(table, rules.length > 0);
  }

  const request = oncePerFrame(render);
  fetchRules().then((all) => {
    rules = all;
    setText(note, all.length ? '' : 'No rule is in force.');
    render();
  }, (failure) => setText(note, problemsOf(failure).join(' ')));
  const stop = store.on('alerts', request);
  render();
  return {
    element, title: () => 'Rules',
    destroy() {
      stop();
      request.cancel();
    },
  };
}

function ruleRow({ rule }) {
  const cells = Object.fromEntries(COLUMNS.map((title) => [title, h('td')]));
  const link = h('a', { href: `#/rules/${encodeURIComponent(rule.name)}` }, rule.name);
  cells.Rule.append(link);
  return {
    element: h('tr', { data: { testid: 'rule-row', rule: rule.name } }, Object.values(cells)),
    update({ rule: current, firing }) {
      setText(cells['Watches for'], conditionText(current));
      setText(cells.Where, matchText(current.match) || 'everywhere');
      setText(cells.For, current.for === '0s' ? 'at once' : current.for);
      setText(cells.Severity, current.severity);
      setText(cells.Firing, firing ? String(firing) : '');
      setText(cells.From, current.origin === 'file' ? 'rules file' : 'page or API');
    },
  };
}
