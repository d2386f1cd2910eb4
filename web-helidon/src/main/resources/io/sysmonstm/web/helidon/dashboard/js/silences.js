/** The silences that are not over, and the form that makes one. */
import { addSilence, endSilence, problemsOf } from './api.js';
import { h, keyedChildren, setShown, setText } from './dom.js';
import { field, input, matchText, parseMatch, problemList, select } from './forms.js';
import { dateAndTime } from './format.js';
import { fillPerson, setPerson } from './person.js';

const LENGTHS = [['30m', '30 minutes'], ['2h', '2 hours'], ['8h', '8 hours'], ['24h', '1 day'], ['7d', '1 week'], ['365d', '1 year']];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/**
 * Creates the panel.
 *
 * @param {() => void} onChange called when a silence was made or ended
 */
export function silencePanel(onChange) {
  const body = h('ul', { class: 'silences', data: { testid: 'silences' } });
  const rows = keyedChildren(body, (silence) => silenceRow(silence, onChange));
  const note = h('p', { class: 'hint panel-text', hidden: true });
  const form = silenceForm(onChange);
  return {
    element: h('section', { class: 'panel', 'aria-label': 'Silences' },
      h('div', { class: 'panel-head' }, h('h2', null, 'Silences')), note, body, form.element),
    update(silences) {
      rows.sync(silences, (silence) => silence.id);
      setText(note, 'Nothing is silenced.');
      setShown(note, silences.length === 0);
      setShown(body, silences.length > 0);
    },
    /** Tells that what is shown, or nothing, is not what holds now. */
    unread() {
      setText(note, 'Silences cannot be read now. Trying again…');
      setShown(note, true);
    },
    prefill: form.prefill,
  };
}

function silenceRow(silence, onChange) {
  const problem = h('span', { class: 'hint' });
  const end = h('button', {
    type: 'button', class: 'button small for-admins', data: { testid: 'end-silence' },
    onclick: async () => {
      end.disabled = true;
      try {
        await endSilence(silence.id);
        onChange();
      } catch (failure) {
        end.disabled = false;
        setText(problem, problemsOf(failure).join(' '));
      }
    },
  }, 'End now');
  const state = h('span', { class: 'tag' });
  const words = h('p', { class: 'hint' });
  return {
    element: h('li', { data: { testid: 'silence', silence: silence.id } },
      h('div', null, h('code', null, matchText(silence.match)), ' ', state,
        words),
      problem, end),
    update(current) {
      setText(state, current.active ? 'silenced now' : 'not now');
      setText(words, describe(current));
    },
  };
}

function describe({ from, to, recurrence, by, why }) {
  const hours = recurrence
    ? `${recurrence.days.join(' ')} at ${recurrence.at} for ${recurrence.for} (${recurrence.zone}), `
    : '';
  return `${hours}${dateAndTime(Date.parse(from))} – ${dateAndTime(Date.parse(to))}, by ${by}${why ? `: ${why}` : ''}`;
}

function silenceForm(onChange) {
  const match = input({ required: true, placeholder: 'machine=web-*, rule=disk-*', data: { testid: 'silence-match' } });
  const length = select(LENGTHS, { data: { testid: 'silence-for' } });
  const by = input({ required: true, maxlength: 64, data: { testid: 'silence-by' } });
  const why = input({ maxlength: 1000, placeholder: 'Deployment, maintenance…', data: { testid: 'silence-why' } });
  const weekly = h('input', { type: 'checkbox', data: { testid: 'silence-weekly' }, onchange: () => setShown(hours, weekly.checked) });
  const days = DAYS.map((day) => h('input', { type: 'checkbox', value: day }));
  const at = input({ type: 'time', value: '22:00' });
  const lasting = input({ value: '8h', placeholder: '8h' });
  const hours = h('fieldset', { hidden: true, class: 'hours' }, h('legend', null, 'Each week'),
    h('div', { class: 'days' }, DAYS.map((day, index) => h('label', null, days[index], ' ', day))),
    field('From', at), field('For', lasting));
  const problems = problemList('silence-problems');
  const element = h('details', { class: 'panel-form for-admins', data: { testid: 'new-silence' } },
    h('summary', null, 'Silence alerts'),
    h('form', { class: 'form', onsubmit: send },
      field('Which', match, 'Globs by rule, machine, tag.NAME or label; all must match'),
      field('For how long', length),
      field('Who', by), field('Why', why),
      h('label', { class: 'check' }, weekly, ' Only in certain hours of the week'), hours,
      problems.element,
      h('button', { type: 'submit', class: 'button', data: { testid: 'add-silence' } }, 'Silence')));
  fillPerson(by);
  length.value = '2h';

  async function send(event) {
    event.preventDefault();
    const parsed = parseMatch(match.value);
    if (!parsed) return problems.show(['Which: expected names and globs such as machine=web-*']);
    setPerson(by.value);
    try {
      await addSilence({ match: parsed, for: length.value, why: why.value, ...(weekly.checked && { recurrence: recurrence() }) });
      problems.show([]);
      element.open = false;
      onChange();
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  }

  function recurrence() {
    return {
      days: days.filter((day) => day.checked).map((day) => day.value),
      at: at.value, for: lasting.value, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }

  return {
    element,
    prefill(text) {
      match.value = text;
      element.open = true;
      element.scrollIntoView({ block: 'center' });
      why.focus({ preventScroll: true });
    },
  };
}
