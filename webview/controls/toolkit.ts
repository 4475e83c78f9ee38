/**
 * The only file that knows @vscode/webview-ui-toolkit: registers its elements and hands them out behind small types, so
 * that another toolkit can take its place.
 */
import './nonce.ts';
import {
  type Button,
  type Checkbox,
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextField,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { setAttribute, setText } from './dom.ts';

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

export interface ButtonOptions {
  readonly label: string;
  readonly kind: 'primary' | 'secondary' | 'icon';
  /** What it does, for the pointer and for assistive technology where the label is an icon. */
  readonly title?: string;
  readonly icon?: SVGElement;
  readonly onClick: () => void;
}

export function button(options: ButtonOptions): HTMLElement {
  const made = document.createElement('vscode-button') as Button;
  made.setAttribute('appearance', options.kind);
  // A visible label is the name; by voice one says what one sees.
  if (options.label === '') made.setAttribute('aria-label', options.title ?? '');
  if (options.title) made.title = options.title;
  if (options.icon) made.append(options.icon);
  else made.append(options.label);
  made.addEventListener('click', options.onClick);
  return made;
}

/** Gives a button another label. */
export function relabel(target: HTMLElement, label: string, title = label): void {
  setText(target, label);
  setAttribute(target, 'title', title);
}

/** Gives a button that is an icon another name. */
export function retitle(target: HTMLElement, title: string): void {
  setAttribute(target, 'title', title);
  setAttribute(target, 'aria-label', title);
}

/** Whether a button is the one to press. */
export function emphasise(target: HTMLElement, primary: boolean): void {
  setAttribute(target, 'appearance', primary ? 'primary' : 'secondary');
}

export interface CheckboxControl {
  readonly element: HTMLElement;
  set(checked: boolean): void;
}

export function checkbox(label: string, title: string, onChange: (checked: boolean) => void): CheckboxControl {
  const made = document.createElement('vscode-checkbox') as Checkbox;
  made.append(label);
  made.title = title;
  let setting = false;
  made.addEventListener('change', () => {
    if (!setting) onChange(made.checked);
  });
  return {
    element: made,
    set(checked) {
      if (made.checked === checked) return;
      setting = true;
      made.checked = checked;
      setting = false;
    },
  };
}

export interface TextFieldControl {
  readonly element: HTMLElement;
  value(): string;
  set(value: string): void;
  focus(): void;
  /** Puts the caret behind the text. */
  caretToEnd(): void;
}

export interface TextFieldOptions {
  readonly label: string;
  readonly placeholder: string;
  readonly title: string;
  readonly icon: SVGElement;
  readonly onInput: (value: string) => void;
}

export function textField(options: TextFieldOptions): TextFieldControl {
  const made = document.createElement('vscode-text-field') as TextField;
  made.setAttribute('placeholder', options.placeholder);
  made.setAttribute('aria-label', options.label);
  made.title = options.title;
  const start = document.createElement('span');
  start.slot = 'start';
  start.className = 'field-icon';
  start.append(options.icon);
  made.append(start);
  made.addEventListener('input', () => options.onInput(made.value));
  return {
    element: made,
    value: () => made.value,
    set(value) {
      if (made.value === value) return;
      made.value = value;
      // FAST writes to its input in a later task; a key that comes before would overwrite the value.
      if (made.control) made.control.value = value;
    },
    focus: () => made.focus(),
    caretToEnd: () => made.control?.setSelectionRange(made.value.length, made.value.length),
  };
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface DropdownControl {
  readonly element: HTMLElement;
  /** Shows these choices with `value` chosen. */
  set(choices: readonly Choice[], value: string): void;
}

export function dropdown(label: string, onChange: (value: string) => void): DropdownControl {
  const made = document.createElement('vscode-dropdown') as Dropdown;
  made.setAttribute('aria-label', label);
  made.title = label;
  made.addEventListener('change', () => onChange(made.value));
  let shown = '';
  return {
    element: made,
    set(choices, value) {
      const wanted = JSON.stringify([choices, value]);
      if (wanted === shown) return;
      shown = wanted;
      made.replaceChildren(
        ...choices.map((choice) => {
          const option = document.createElement('vscode-option');
          option.setAttribute('value', choice.value);
          if (choice.value === value) option.setAttribute('selected', '');
          option.append(choice.label);
          return option;
        }),
      );
      made.value = value;
    },
  };
}

/** Work in progress, of unknown length. */
export function progressRing(label: string): HTMLElement {
  const made = document.createElement('vscode-progress-ring');
  made.setAttribute('aria-label', label);
  return made;
}
