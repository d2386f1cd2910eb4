/** Who sits here: the account that is logged in, or else who they last said they are, which the browser keeps. */
import { currentSession } from './session.js';

const KEY = 'sysmonstm.person';
const SOMEBODY = 'operator';

/** The name, or a stand-in. */
export function person() {
  const { account } = currentSession();
  if (account) return account;
  try {
    return localStorage.getItem(KEY) || SOMEBODY;
  } catch {
    return SOMEBODY;
  }
}

/** Fills a field with the name, which is no question for somebody who is logged in. */
export function fillPerson(control) {
  control.value = person();
  control.disabled = currentSession().account !== null;
}

/** Keeps the name. */
export function setPerson(name) {
  if (currentSession().account) return;
  try {
    localStorage.setItem(KEY, name.trim().slice(0, 64));
  } catch {
    // A browser that keeps nothing: the stand-in is told.
  }
}
