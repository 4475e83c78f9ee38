/** Small helpers that build and change the page without touching it where nothing changed. */

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** Rewrites the text of an element that holds nothing else, only when it differs. A text that is there is kept: it has its place. */
export function setText(target: Element, text: string): void {
  const { firstChild } = target;
  if (!(firstChild instanceof Text)) target.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}

/** Sets, or with null removes, an attribute, only when it differs. */
export function setAttribute(target: Element, name: string, value: string | null): void {
  if (target.getAttribute(name) === value) return;
  if (value === null) target.removeAttribute(name);
  else target.setAttribute(name, value);
}

/** The size of an element's content, kept so that asking does not lay out the page anew. */
export interface KeptSize {
  readonly width: number;
  readonly height: number;
}

/** Follows the size of an element; `changed` hears of every new one. */
export function keepSize(target: Element, changed: () => void): KeptSize {
  const size = { width: target.clientWidth, height: target.clientHeight };
  new ResizeObserver(() => {
    size.width = target.clientWidth;
    size.height = target.clientHeight;
    changed();
  }).observe(target);
  return size;
}

export function setShown(target: HTMLElement, shown: boolean): void {
  if (target.hidden === shown) target.hidden = !shown;
}
