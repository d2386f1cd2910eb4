/**
 * DOM building and in-place updating. Everything that comes from a machine reaches the page through here, as text
 * nodes or plain attributes, so that a hostile host name or label stays inert.
 */

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * Creates an element.
 *
 * @param {string} tag element name
 * @param {Object<string, any>} [props] `class`, `data` (an object), `on…` listeners, booleans, or attributes; null is left out
 * @param {...(Node|string|number|null|Array)} children text stays text, null is left out
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Creates an SVG element, with the same rules as {@link h}. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (name === 'style') throw new Error('inline style attributes are refused by the page\'s CSP; use the CSSOM');
    if (name === 'data') Object.assign(element.dataset, value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** Sets an element's text, touching the document only when it changed. */
export function setText(element, text) {
  const only = element.firstChild;
  if (only && only.nodeType === Node.TEXT_NODE && !only.nextSibling) {
    if (only.data !== text) only.data = text;
  } else {
    element.textContent = text;
  }
}

/** Sets or (with null) removes an attribute, touching the document only when it changed. */
export function setAttribute(element, name, value) {
  if (value == null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, String(value));
  }
}

/** Shows or hides an element. */
export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/**
 * Wraps work so that any number of calls within a frame run it once.
 *
 * @param {() => void} work
 * @returns {(() => void) & {cancel: () => void}}
 */
export function oncePerFrame(work) {
  let handle = 0;
  const run = () => {
    handle = 0;
    work();
  };
  const request = () => {
    if (!handle) handle = requestAnimationFrame(run);
  };
  request.cancel = () => {
    cancelAnimationFrame(handle);
    handle = 0;
  };
  return request;
}

/**
 * Puts an element before what stands at its place so far, moving as little as it can. A child that is taken out has to be placed in its turn.
 *
 * @param {Element} parent
 * @param {Element} element
 * @param {?Element} next
 * @returns {?Element} what stands behind the element
 */
export function placeBefore(parent, element, next) {
  if (element === next) return next.nextElementSibling;
  if (next && next.nextElementSibling === element) {
    // One that moves down would else have all that it passes moved instead.
    next.remove();
    return element.nextElementSibling;
  }
  parent.insertBefore(element, next);
  return next;
}

/**
 * Keeps the children of an element in step with a list of items; an item keeps its element for as long as it is listed.
 *
 * @template T
 * @param {Element} parent
 * @param {(item: T) => {element: Element, update: (item: T) => void}} create
 * @returns {{sync: (items: T[], keyOf: (item: T) => string) => void, get: (key: string) => any, size: number}}
 */
export function keyedChildren(parent, create) {
  const entries = new Map();

  function sync(items, keyOf) {
    const wanted = new Set(items.map(keyOf));
    for (const [key, entry] of entries) {
      if (wanted.has(key)) continue;
      entry.element.remove();
      entries.delete(key);
    }
    const focused = parent.contains(document.activeElement) ? document.activeElement : null;
    let next = parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      let entry = entries.get(key);
      if (!entry) entries.set(key, (entry = create(item)));
      entry.update(item);
      next = placeBefore(parent, entry.element, next);
    }
    // Moving an element takes the focus away from it; a keyboard user must not lose their place when rows are re-sorted.
    if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
  }

  return { sync, get: (key) => entries.get(key), get size() { return entries.size; } };
}
