/** What a rule would have done on stored history: a list of firings, and the metric with the firings drawn over it. */
import { checkRule, fetchHistory, problemsOf } from './api.js';
import { now } from './clock.js';
import { h, setAttribute, setShown, setText } from './dom.js';
import { dateAndTime, duration, shortest } from './format.js';
import { matchText } from './forms.js';
import { RuleChart } from './rule-chart.js';

const DAY = 86_400_000;
const SPANS = [[DAY, '24 h'], [7 * DAY, '7 d'], [30 * DAY, '30 d']];
const MOST_MACHINES = 4;
const POINTS = 600;

/**
 * Creates the panel.
 *
 * @param {() => object} readRule
 * @param {import('./store.js').FleetStore} store
 */
export function backTestPanel(readRule, store) {
  const chart = new RuleChart();
  const list = h('ul', { class: 'firings', data: { testid: 'firings' } });
  const note = h('p', { class: 'hint panel-text', role: 'status', data: { testid: 'back-test-note' } });
  let asked = null;
  let chosen = 0;
  let shown = [];
  const buttons = SPANS.map(([span, words]) => h('button', {
    type: 'button', 'aria-pressed': 'false', data: { testid: `back-test-${words.replace(' ', '')}` },
    onclick: (event) => {
      for (const button of buttons) setAttribute(button, 'aria-pressed', String(button === event.currentTarget));
      chosen = span;
      run(span);
    },
  }, words));
  const element = h('section', { class: 'panel', 'aria-label': 'Back-test', data: { testid: 'back-test' } },
    h('div', { class: 'panel-head' }, h('h2', null, 'What it would have done'),
      h('div', { class: 'segmented', role: 'group', 'aria-label': 'Span of the back-test' }, buttons)),
    note, chart.element, list);
  setText(note, 'Choose a span: the rule above is replayed on stored history, saved or not.');
  setShown(chart.element, false);

  async function run(span) {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const window = { from: now() - span, to: now() };
    const rule = readRule();
    setText(note, 'Replaying…');
    try {
      const answer = await checkRule(rule, { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() }, signal);
      if (answer.problems.length) return show([], answer.problems.join(' '));
      const fired = answer.would_have_fired;
      show(fired, summary(fired, window));
      await draw(rule, fired, window, signal);
    } catch (failure) {
      if (failure.name !== 'AbortError') show([], problemsOf(failure).join(' '));
    }
  }

  function show(fired, words) {
    shown = fired;
    setText(note, words);
    showFirings();
  }

  function showFirings() {
    list.replaceChildren(...shown.slice(0, 200).map((one) => h('li', { data: { testid: 'firing' } },
      h('strong', null, hostOf(one.machine_id)), matchText(one.labels), ' ',
      h('span', null, `${dateAndTime(Date.parse(one.from))} – ${one.to ? dateAndTime(Date.parse(one.to)) : 'still firing'}`),
      h('span', { class: 'hint' }, `${lasting(one)}, ${shortest(one.value)}`))));
  }

  const hostOf = (id) => store.machines.get(id)?.hostname ?? id;

  async function draw(rule, fired, window, signal) {
    const machines = [...new Set(fired.map((one) => one.machine_id))].slice(0, MOST_MACHINES);
    if (!machines.length) machines.push(...[...store.machines.keys()].slice(0, 1));
    setShown(chart.element, Boolean(rule.metric) && machines.length > 0);
    if (!rule.metric || !machines.length) return;
    const answers = await Promise.all(machines.map((id) => fetchHistory(id, rule.metric, { ...window, maxPoints: POINTS }, signal)));
    chart.draw(answers, window, {
      threshold: rule.forecast || rule.change ? null : rule.threshold,
      bands: fired.filter((one) => machines.includes(one.machine_id))
        .map((one) => ({ from: Date.parse(one.from), to: one.to ? Date.parse(one.to) : window.to })),
    });
  }

  return {
    element,
    /** The rule has become another good one: what was replayed is replayed with it. */
    again() {
      if (chosen) run(chosen);
    },
    restate() {
      showFirings();
      chart.restate();
    },
    destroy() {
      asked?.abort();
      chart.destroy();
    },
  };
}

const lasting = (one) => (one.to ? `for ${duration(Date.parse(one.to) - Date.parse(one.from))}` : 'until now');

function summary(fired, window) {
  if (!fired.length) return `It would not have fired in the last ${duration(window.to - window.from)}.`;
  const machines = new Set(fired.map((one) => one.machine_id)).size;
  return `It would have fired ${fired.length} ${fired.length === 1 ? 'time' : 'times'}, on ${machines} ${machines === 1 ? 'machine' : 'machines'}.`;
}
