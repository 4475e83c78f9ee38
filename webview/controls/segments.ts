/** Small controls of our own: a choice of which one is pressed, and buttons that are an icon. */
import { element, setAttribute } from './dom.ts';
import { type IconName, icon } from './icons.ts';

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly title: string;
}

export class Segments<T extends string> {
  readonly element = element('div', 'segmented');
  readonly #buttons: ReadonlyMap<T, HTMLButtonElement>;

  constructor(label: string, segments: readonly Segment<T>[], onChoose: (value: T) => void) {
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', label);
    this.#buttons = new Map(
      segments.map((segment) => {
        const made = element('button', 'segment', segment.label);
        made.title = segment.title;
        made.addEventListener('click', () => onChoose(segment.value));
        this.element.append(made);
        return [segment.value, made];
      }),
    );
  }

  set(value: T): void {
    for (const [own, made] of this.#buttons) setAttribute(made, 'aria-pressed', String(own === value));
  }
}

export function iconButton(name: IconName, title: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', 'icon-button', icon(name));
  made.title = title;
  made.setAttribute('aria-label', title);
  made.addEventListener('click', onClick);
  return made;
}

/** A button with words, as flat as the text around it. */
export function textButton(label: string, title: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', 'text-button', label);
  made.title = title;
  made.addEventListener('click', onClick);
  return made;
}
