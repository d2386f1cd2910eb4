/** The page on which people change their own password. */
import { changePassword, problemsOf } from './api.js';
import { h, setText } from './dom.js';
import { field, input, problemList } from './forms.js';
import { newPassword } from './login.js';
import { keep } from './session.js';

/** Builds the page. */
export function passwordPage() {
  const current = input({ type: 'password', required: true, maxlength: 1024, autocomplete: 'current-password', data: { testid: 'password-current' } });
  const next = newPassword('password-next');
  const problems = problemList('password-problems');
  const note = h('span', { class: 'hint', role: 'status', data: { testid: 'password-note' } });
  const element = h('div', { class: 'page', data: { testid: 'password-page' } },
    h('section', { class: 'panel', 'aria-label': 'Password' },
      h('div', { class: 'panel-head' }, h('h1', { tabindex: '-1' }, 'Change password')),
      h('form', { class: 'form panel-body', onsubmit: send }, field('Current password', current), next.fields, problems.element,
        h('div', { class: 'form-actions' }, h('button', { type: 'submit', class: 'button primary', data: { testid: 'password-save' } }, 'Change'), note))));

  async function send(event) {
    event.preventDefault();
    setText(note, '');
    const wrong = next.problem();
    if (wrong) return problems.show([wrong]);
    try {
      keep(await changePassword(current.value, next.value()));
      problems.show([]);
      current.value = '';
      next.clear();
      setText(note, 'Changed. Other browsers have to log in again.');
    } catch (failure) {
      problems.show(problemsOf(failure));
    }
  }

  return { element, title: () => 'Change password', destroy() {} };
}
