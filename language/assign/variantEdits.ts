/** The changes by which a function or macro with a fixed tag takes it from its callers instead, each of which names it. */
import type { SiteIndex } from '../index/siteIndex.ts';
import { type FixedWrapper, isParameter } from './fixedWrappers.ts';
import type { PlannedEdit } from './ledgerRecord.ts';
import type { MentionedIn } from './mentionSearch.ts';
import type { Mention } from './mentions.ts';
import { definitionName } from './newDefinition.ts';
import type { ReadSource } from './sourceEdits.ts';
import { newLiteral } from './valueText.ts';

/** What a wrapper becomes. */
export interface Variant {
  readonly wrapper: FixedWrapper;
  readonly name: string;
  /** Calls by file, those in macros left out: each must be a site afterwards. */
  readonly calls: ReadonlyMap<string, number>;
  readonly edits: ReadonlyMap<string, readonly PlannedEdit[]>;
}

const PARAMETER_NAMES = ['Tag', 'PoolTag', 'AllocationTag', 'MemoryTag'];
/** How a parameter says that it goes in. */
const ANNOTATION = /^(_In_|__in|IN)\b\s*/;
const WORD = /[A-Za-z_$][\w$]*/g;

function bodyOf(text: string, { definition, call }: FixedWrapper): string {
  const end = definition.kind === 'macro' ? endOfDirective(text, definition.nameStart) : call.tag!.start + 4000;
  return text.slice(definition.nameStart, Math.max(end, call.tag!.start));
}

function endOfDirective(text: string, offset: number): number {
  let end = text.indexOf('\n', offset);
  while (end > 0 && /\\\r?$/.test(text.slice(Math.max(0, end - 2), end))) end = text.indexOf('\n', end + 1);
  return end < 0 ? text.length : end;
}

/** A name for the tag that nothing in the wrapper has. */
function parameterName(wrapper: FixedWrapper, text: string): string {
  const words = new Set(bodyOf(text, wrapper).match(WORD) ?? []);
  const { parameters } = wrapper.definition;
  const isLower = parameters.length > 0 ? /^[a-z_]/.test(parameters[parameters.length - 1]) : false;
  const named = PARAMETER_NAMES.map((name) => (isLower ? name[0].toLowerCase() + name.slice(1) : name));
  return named.find((name) => !words.has(name)) ?? `${named[0]}Of${wrapper.definition.name}`;
}

/** The insertion of one more element behind the last between parentheses; in the place of `void`. */
function appended(file: MentionedIn, mention: Mention, element: string): PlannedEdit {
  const { open, close, arguments: list } = mention;
  const only = list.length === 1 && !isParameter(list[0]) ? list[0] : undefined;
  if (only !== undefined) {
    const start = file.code.lastIndexOf(only, close);
    return { start, end: start + only.length, text: element };
  }
  const end = open + 1 + file.code.slice(open + 1, close).trimEnd().length;
  if (list.length === 0) return { start: close, end: close, text: element };
  // Parameters that stand a line each go on so.
  const lines = /,(\s*\n\s*)\S[^,]*$/.exec(file.code.slice(open, end))?.[1];
  const isOwnLine = mention.kind !== 'call' && lines !== undefined;
  return { start: end, end, text: `,${isOwnLine ? lines : ' '}${element}` };
}

/** The tag as a place writes it that calls the wrapper: by the wrapper's own words where they mean the same there. */
function tagFor(wrapper: FixedWrapper, index: SiteIndex, path: string, offset: number): string {
  const { tag } = wrapper.call;
  const means = (name: string, file: string, at: number) => {
    const located = index.definitionOf(name, file, at);
    return located && `${located.path} ${located.definition.start} ${located.reached}`;
  };
  const names = tag!.text.replace(/'[^']*'/g, '').match(WORD) ?? [];
  const isSame = names.every((name) => {
    const here = means(name, path, offset);
    return here !== undefined && here === means(name, wrapper.path, wrapper.call.start) && here.endsWith('true');
  });
  return isSame ? tag!.text : newLiteral(path, wrapper.tag);
}

/** Makes the edits of a wrapper without an obstacle. */
export function variantOf(
  wrapper: FixedWrapper,
  index: SiteIndex,
  files: readonly MentionedIn[],
  read: ReadSource,
  isTaken: (name: string) => boolean,
): Variant {
  const { definition, path, call } = wrapper;
  const text = read(path)!.text;
  const newName = definitionName(definition.name, ['Tagged'], isTaken);
  const parameter = parameterName(wrapper, text);
  const isMacro = definition.kind === 'macro';
  const edits = new Map<string, PlannedEdit[]>();
  const calls = new Map<string, number>();
  const add = (file: string, edit: PlannedEdit) => {
    const list = edits.get(file);
    if (list) list.push(edit);
    else edits.set(file, [edit]);
  };
  for (const file of files) {
    for (const mention of file.mentions) {
      const { start, kind } = mention;
      add(file.path, { start, end: start + definition.name.length, text: newName });
      const isHome = file.path === path && start === definition.nameStart;
      if (kind === 'pragma') continue;
      if (kind === 'call' && !isHome) {
        add(file.path, appended(file, mention, tagFor(wrapper, index, file.path, start)));
        if (!mention.inMacro) calls.set(file.path, (calls.get(file.path) ?? 0) + 1);
        continue;
      }
      const first = mention.arguments[0] ?? '';
      const element = isMacro ? parameter : `${ANNOTATION.exec(first)?.[0] ?? ''}ULONG ${parameter}`;
      add(file.path, appended(file, mention, element));
    }
  }
  const { start } = call.tag!;
  add(path, { start, end: start + call.tag!.text.length, text: isMacro ? `(${parameter})` : parameter });
  return { wrapper, name: newName, calls, edits };
}
