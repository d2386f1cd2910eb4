/** What somebody prefers, kept in the browser and applied to every view. */
import { Emitter } from './emitter.js';

const KEY = 'sysmonstm.preferences';

/** Each preference: its words, and its values with theirs; the first is the default. */
export const PREFERENCES = {
  theme: { title: 'Theme', values: { system: 'As the system', light: 'Light', dark: 'Dark' } },
  rates: { title: 'Network rates', values: { bytes: 'Bytes (MiB/s)', bits: 'Bits (Mbit/s)' } },
  temperature: { title: 'Temperatures', values: { celsius: '°C', fahrenheit: '°F' } },
  zone: { title: 'Times', values: { local: 'Local time', utc: 'UTC' } },
  clock: { title: 'Clock', values: { locale: 'As the language', h23: '24 hours', h12: '12 hours' } },
};

/** Topic: `change` (payload: the name of the preference). */
export const preferenceEvents = new Emitter();

let chosen = read();

function read() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return Object.fromEntries(Object.entries(stored).filter(([name, value]) => Object.hasOwn(PREFERENCES[name]?.values ?? {}, value)));
  } catch {
    return {};
  }
}

/** The value of a preference. */
export function preference(name) {
  return chosen[name] ?? Object.keys(PREFERENCES[name].values)[0];
}

/** Sets a preference, and keeps it where the browser lets it. */
export function prefer(name, value) {
  if (preference(name) === value) return;
  chosen = { ...chosen, [name]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // It then holds for as long as the page is open.
  }
  announce(name);
}

function announce(name) {
  document.dispatchEvent(new CustomEvent('preferences'));
  preferenceEvents.emit('change', name);
}

// Another tab changed it.
window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  chosen = read();
  announce('all');
});
