/** The page of one rule: its form, checked as one types, what it would have done, and who changed it. */
import { checkRule, deleteRule, fetchAudit, fetchRules, problemsOf, putRule } from './api.js';
import { h, setShown, setText } from './dom.js';
import { field, input, problemList, sureButton } from './forms.js';
import { dateAndTime } from './format.js';
import { fillPerson, setPerson } from './person.js';
import { may } from './session.js';
import { backTestPanel } from './back-test.js';
import { ruleForm } from './rule-form.js';

const SETTLE_MS = 250;
const NEW = { operator: 'gt', severity: 'warning', match: {} };

/**
 * Builds the page.
 *
 * @param {import('./store.js').FleetStore} store
 * @param {?string} name of the rule; null for a new one
 * @param {URLSearchParams} parameters `from` names the rule that a new one begins with
 */
export function rulePage(store, name, parameters) {
  const problems = problemList('rule-problems');
  const note = h('span', { class: 'hint', role: 'status', data: { testid: 'rule-note' } });
  const save = h('button', { type: 'submit', class: 'button primary for-admins', data: { testid: 'save-rule' } }, 'Save');
  const remove = sureButton('Delete', 'Really delete?', 'delete-rule', removeRule, 'button for-admins');
  setShown(remove, false);
  const copy = h('a', { class: 'button for-admins', hidden: true, href: `#/new-rule?from=${encodeURIComponent(name ?? '')}` }, 'Copy');
  const by = input({ maxlength: 64, required: true });
  fillPerson(by);
  const actions = h('div', { class: 'form-actions' }, save, remove, copy, note);
  const form = ruleForm(metricsOf(store), () => check(), [field('Who', by), problems.element, actions]);
  const backTest = backTestPanel(() => form.read(), store);
  const audit = h('ul', { class: 'audit', data: { testid: 'rule-audit' } });
  const auditPanel = h('section', { class: 'panel', 'aria-label': 'Changes', hidden: true }, h('div', { class: 'panel-head' }, h('h2', null, 'Changes')), audit);
  const element = h('div', { class: 'page', data: { testid: 'rule-page' } },
    h('section', { class: 'panel', 'aria-label': 'Rule' },
      h('div', { class: 'panel-head' }, h('h1', { tabindex: '-1' }, name ?? 'New rule')), h('div', { class: 'panel-body' }, form.element)),
    backTest.element, auditPanel);
  let timer = 0;
  let asked = null;

  function check() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await checkRule(form.read(), { from: 'now', to: 'now' }, asked.signal);
        problems.show(answer.problems);
        save.disabled = answer.problems.length > 0;
        if (!answer.problems.length) backTest.again();
      } catch (failure) {
        if (failure.name !== 'AbortError') problems.show(problemsOf(failure));
      }
    }, SETTLE_MS);
  }

  form.element.addEventListener('submit', async (event) => {
    event.preventDefault();
    setPerson(by.value);
    const rule = form.read();
    try {
      await putRule(rule);
      setText(note, 'Saved; in force within a second.');
      if (name) loadAudit();
      else location.hash = `#/rules/${encodeURIComponent(rule.name)}`;
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  });

  async function removeRule() {
    setPerson(by.value);
    try {
      await deleteRule(name);
      location.hash = '#/rules';
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  }

  async function load() {
    const begin = name ?? parameters.get('from');
    if (!begin) return form.write(NEW);
    const rule = (await fetchRules()).find((one) => one.name === begin);
    if (!rule) return setText(note, `There is no rule ${begin}.`);
    form.write(name ? rule : { ...rule, name: '' });
    if (!name) return check();
    const ofFile = rule.origin === 'file';
    form.disable(true, ofFile);
    setShown(save, !ofFile);
    setShown(remove, !ofFile);
    setShown(copy, true);
    setText(note, ofFile ? 'This rule comes from the rules file and is changed there.' : '');
    await loadAudit();
  }

  async function loadAudit() {
    // Who changed what is for those who may change it.
    if (!may('admin')) return;
    const entries = await fetchAudit(name);
    audit.replaceChildren(...entries.map((entry) => h('li', null,
      `${dateAndTime(Date.parse(entry.at))}: ${entry.action.replaceAll('_', ' ')} by ${entry.by} `, h('code', null, entry.detail))));
    setShown(auditPanel, entries.length > 0);
  }

  load().catch((failure) => problems.show(problemsOf(failure)));
  return {
    element, title: () => name ?? 'New rule',
    restate() {
      backTest.restate();
      if (name) loadAudit().catch((failure) => problems.show(problemsOf(failure)));
    },
    destroy() {
      clearTimeout(timer);
      asked?.abort();
      backTest.destroy();
    },
  };
}

function metricsOf(store) {
  const names = new Set();
  for (const machine of store.machines.values()) for (const metric of machine.byMetric.keys()) names.add(metric);
  return [...names].sort();
}
