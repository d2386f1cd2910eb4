/** Who sits here, as they last said: kept in the browser, and told with everything they change. */
const KEY = 'sysmonstm.person';
const SOMEBODY = 'operator';

/** The name, or a stand-in. */
export function person() {
  try {
    return localStorage.getItem(KEY) || SOMEBODY;
  } catch {
    return SOMEBODY;
  }
}

/** Keeps the name. */
export function setPerson(name) {
  try {
    localStorage.setItem(KEY, name.trim().slice(0, 64));
  } catch {
    // A browser that keeps nothing: the stand-in is told.
  }
}
