/** The fields of a rule. */
import { h, setShown } from './dom.js';
import { field, input, matchText, parseMatch, select } from './forms.js';
import { OPERATORS } from './rule-text.js';

const KINDS = [['threshold', 'a value'], ['forecast', 'where a value is heading'], ['change', 'the change of a value'], ['absent', 'a machine that is silent']];
const NUMBER = { inputmode: 'decimal' };

/**
 * Creates the fields.
 *
 * @param {string[]} metrics names to offer
 * @param {() => void} onChange called at each keystroke
 * @returns {{element: HTMLFormElement, read: () => object, write: (rule: object) => void, disable: (names: boolean, all: boolean) => void}}
 */
export function ruleForm(metrics, onChange, actions) {
  const parts = {
    name: input({ required: true, pattern: '[a-z0-9\\-]{1,64}', data: { testid: 'rule-name' } }),
    kind: select(KINDS, { data: { testid: 'rule-kind' } }),
    metric: input({ list: 'metrics', data: { testid: 'rule-metric' } }),
    operator: select(OPERATORS),
    threshold: input({ ...NUMBER, data: { testid: 'rule-threshold' } }),
    clear: input(NUMBER),
    over: input({ placeholder: '6h' }),
    within: input({ placeholder: '24h' }),
    absent: input({ placeholder: '30s' }),
    hold: input({ placeholder: 'at once', data: { testid: 'rule-for' } }),
    severity: select(['info', 'warning', 'critical']),
    match: input({ placeholder: 'mount=/home, machine=web-*, tag.env=prod', data: { testid: 'rule-match' } }),
    message: input({ placeholder: '{{machine}}: {{value}}', data: { testid: 'rule-message' } }),
  };
  const rows = {
    metric: field('Metric', parts.metric), operator: field('Comparison', parts.operator), threshold: field('Threshold', parts.threshold),
    clear: field('Resolves at', parts.clear, 'left out: at the threshold'),
    over: field('Looks back over', parts.over), within: field('Looks ahead for', parts.within), absent: field('Silent for', parts.absent),
  };
  const message = field('Message', parts.message, '{{machine}} {{hostname}} {{value}} {{threshold}} {{labels.NAME}} {{tag.NAME}}');
  message.classList.add('is-wide');
  const element = h('form', { class: 'form', oninput: () => { arrange(); onChange(); } },
    h('datalist', { id: 'metrics' }, metrics.map((value) => h('option', { value }))),
    field('Name', parts.name, 'a-z, 0-9 and dashes'), field('Watches for', parts.kind), Object.values(rows),
    field('Holds for', parts.hold), field('Severity', parts.severity), field('Where', parts.match), message, actions);

  function arrange() {
    const kind = parts.kind.value;
    for (const name of ['metric', 'operator', 'threshold', 'clear']) setShown(rows[name], kind !== 'absent');
    setShown(rows.over, kind === 'forecast' || kind === 'change');
    setShown(rows.within, kind === 'forecast');
    setShown(rows.absent, kind === 'absent');
  }

  function read() {
    const text = (part) => parts[part].value.trim() || undefined;
    // What is no number goes as it is: the server says what is wrong with it.
    const number = (part) => (text(part) === undefined || Number.isNaN(Number(text(part))) ? text(part) : Number(text(part)));
    const kind = parts.kind.value;
    const condition = kind === 'absent' ? { absent: text('absent') ?? '' } : {
      metric: text('metric'), operator: parts.operator.value, threshold: number('threshold'), clear: number('clear'),
      ...(kind === 'forecast' && { forecast: { within: text('within') ?? '', over: text('over') ?? '' } }),
      ...(kind === 'change' && { change: { over: text('over') ?? '' } }),
    };
    return {
      name: text('name'), ...condition, for: text('hold'), severity: parts.severity.value,
      match: parseMatch(parts.match.value) ?? parts.match.value, message: text('message'),
    };
  }

  function write(rule) {
    parts.kind.value = rule.absent ? 'absent' : rule.forecast ? 'forecast' : rule.change ? 'change' : 'threshold';
    const values = {
      name: rule.name, metric: rule.metric, operator: rule.operator ?? 'gt', threshold: rule.threshold,
      clear: rule.clear === rule.threshold ? '' : rule.clear, over: rule.forecast?.over ?? rule.change?.over, within: rule.forecast?.within,
      absent: rule.absent, hold: rule.for === '0s' ? '' : rule.for, severity: rule.severity ?? 'warning',
      match: matchText(rule.match), message: rule.message,
    };
    for (const [name, value] of Object.entries(values)) parts[name].value = value ?? '';
    arrange();
  }

  arrange();
  return {
    element, read, write,
    disable(name, all) {
      for (const [part, control] of Object.entries(parts)) control.disabled = all || (name && part === 'name');
    },
  };
}
