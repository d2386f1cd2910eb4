/** Labelled fields, and the list of what is wrong with them. */
import { h, setShown, setText } from './dom.js';

// For so long a button that wants a second click waits for it.
const SURE_MS = 5000;

let ids = 0;

/**
 * A labelled control.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint] a word of help below it
 * @returns {HTMLElement}
 */
export function field(label, control, hint) {
  control.id ||= `field-${++ids}`;
  const help = hint ? h('span', { class: 'hint', id: `${control.id}-hint` }, hint) : null;
  if (help) control.setAttribute('aria-describedby', help.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, help);
}

/** A text input. */
export function input(props) {
  return h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...props });
}

/** A choice; each option is a value or `[value, words]`. */
export function select(options, props) {
  return h('select', props, options.map((option) => {
    const [value, words] = Array.isArray(option) ? option : [option, option];
    return h('option', { value }, words);
  }));
}

/** A button that acts at its second click. */
export function sureButton(words, sure, testid, action, look = 'button small') {
  let timer = 0;
  const disarm = () => {
    clearTimeout(timer);
    timer = 0;
    setText(button, words);
  };
  const button = h('button', {
    type: 'button', class: look, data: { testid },
    onclick: () => {
      if (timer) {
        disarm();
        return action(button);
      }
      timer = setTimeout(disarm, SURE_MS);
      setText(button, sure);
      return undefined;
    },
    onblur: disarm,
  }, words);
  return button;
}

/** A list of problems that screen readers are told of; hidden while there is none. */
export function problemList(testid) {
  const list = h('ul');
  const element = h('div', { class: 'problems', role: 'alert', hidden: true, data: { testid } }, list);
  return {
    element,
    show(problems) {
      list.replaceChildren(...problems.map((problem) => h('li', null, problem)));
      setShown(element, problems.length > 0);
    },
  };
}

/** `mount=/home, machine=web-*` as an object; null where it is none. */
export function parseMatch(text) {
  const match = {};
  for (const part of text.split(',').map((one) => one.trim()).filter(Boolean)) {
    const equals = part.indexOf('=');
    if (equals < 1) return null;
    match[part.slice(0, equals).trim()] = part.slice(equals + 1).trim();
  }
  return match;
}

/** The reverse of {@link parseMatch}. */
export function matchText(match) {
  return Object.entries(match ?? {}).map(([name, glob]) => `${name}=${glob}`).join(', ');
}
