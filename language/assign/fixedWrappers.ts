/** Functions and macros whose tag is fixed, and which serve several callers. */
import { baseName } from '../index/fileUri.ts';
import type { IndexedFree, IndexedSite, SiteIndex } from '../index/siteIndex.ts';
import { forwardedParameter } from '../index/substitution.ts';
import type { EnclosingDefinition, PoolCall } from '../scan/fileSummary.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { MentionedIn } from './mentionSearch.ts';
import { argumentsOf, type Mention } from './mentions.ts';
import type { ReadSource } from './sourceEdits.ts';

/** A function or macro that chooses the tag for its callers. */
export interface FixedWrapper {
  /** Equal for equal wrappers, in every state of the texts. */
  readonly key: string;
  readonly action: 'allocate' | 'free';
  readonly tag: PoolTag;
  readonly path: string;
  readonly definition: EnclosingDefinition;
  /** The call in it that names the tag. */
  readonly call: PoolCall;
  /** A site or free that goes through it, to be shown. */
  readonly shown: IndexedSite | IndexedFree;
  /** Where branches of #if give the tag several values. */
  readonly isConditional: boolean;
}

export function keyOf(path: string, name: string): string {
  return `${name} ${path}`;
}

function fixedWrapper(
  shown: IndexedSite | IndexedFree,
  tag: PoolTag,
  { path, call }: { readonly path: string; readonly call: PoolCall },
): FixedWrapper | undefined {
  const definition = call.enclosing;
  if (!definition || !call.tag) return undefined;
  const isConditional = 'site' in shown && shown.site.values !== undefined;
  const key = keyOf(path, definition.name);
  return { key, action: call.action, tag, path, definition, call, shown, isConditional };
}

/** The wrappers that allocate with a fixed tag, for however many callers. */
export function allocatingWrappers(index: SiteIndex, tag: PoolTag): FixedWrapper[] {
  const found = new Map<string, FixedWrapper>();
  for (const indexed of index.sitesOf(tag)) {
    const { written, call } = indexed;
    const isMacro = written?.call.enclosing?.kind === 'macro';
    if (!isMacro && !(call.enclosing?.kind === 'function' && call.handsOut)) continue;
    const wrapper = fixedWrapper(indexed, tag, isMacro ? written! : indexed);
    if (wrapper && !found.has(wrapper.key)) found.set(wrapper.key, wrapper);
  }
  return [...found.values()];
}

/** Whether a wrapper is called by its name alone. */
export function hasPlainName({ definition: { name } }: FixedWrapper): boolean {
  return !name.includes('::') && !/\boperator\b/.test(name);
}

/** The macros that free with a fixed tag, and the functions that so free what they are handed. */
export function freeingWrappers(index: SiteIndex, read: ReadSource, tag: PoolTag): FixedWrapper[] {
  const found = new Map<string, FixedWrapper>();
  for (const indexed of index.freesOf(tag)) {
    const wrapper = wrapperOfFree(indexed, tag);
    if (!wrapper || found.has(wrapper.key)) continue;
    if (wrapper.definition.kind === 'macro' || freesParameter(indexed, read)) found.set(wrapper.key, wrapper);
  }
  return [...found.values()];
}

/** The macro or function through which a free gets its tag. */
export function wrapperOfFree(indexed: IndexedFree, tag: PoolTag): FixedWrapper | undefined {
  const { written } = indexed;
  return fixedWrapper(indexed, tag, written?.call.enclosing?.kind === 'macro' ? written : indexed);
}

/** Whether a function frees one of its parameters, and no member of it. */
function freesParameter({ path, call }: IndexedFree, read: ReadSource): boolean {
  const text = read(path)?.text ?? '';
  const parameters = call.enclosing?.kind === 'function' ? call.enclosing.parameters : [];
  return argumentsOf(text, call.start).some((argument) => forwardedParameter(argument, parameters) !== undefined);
}

/** Why a wrapper cannot take its tag from its callers; null where it can. */
export function obstacleOf(wrapper: FixedWrapper, index: SiteIndex, files: readonly MentionedIn[]): string | null {
  const { definition, path, call, isConditional } = wrapper;
  const { name, parameters, nameStart, kind, template } = definition;
  const place = (file: MentionedIn, { start }: Mention) =>
    `${baseName(file.path)}:${file.text.slice(0, start).split('\n').length}`;
  if (template) return `${name} is a template`;
  if (call.localConstant !== null) return 'its tag is a local constant';
  if (isConditional) return 'its tag depends on conditions of the build';
  const inside = [
    ...index.sitesIn(path),
    ...index.unresolvedIn(path),
    ...(kind === 'macro' ? [] : index.freesIn(path)),
  ];
  const isInside = (other: { readonly call: PoolCall }) =>
    other.call.enclosing?.nameStart === nameStart && other.call.action === call.action;
  if (kind === 'function' && inside.filter(isInside).length > 1) return 'it names tags in several calls';
  if (index.handedOnIn(path).some((other) => isInside({ call: other }) && other.start !== call.start))
    return 'it names tags in several calls';
  const all = files.flatMap((file) => file.mentions.map((mention) => ({ file, mention })));
  const home = all.find(({ file, mention }) => file.path === path && mention.start === nameStart);
  if (!home || home.mention.close < 0) return 'its parameters are not written beside its name';
  if (parameters.includes('...') || home.mention.arguments.some((a) => a.includes('...')))
    return 'it takes any number of arguments';
  for (const { file, mention } of all) {
    if (mention === home.mention) continue;
    if (mention.kind === 'other') return `${place(file, mention)} names it without calling it`;
    if (mention.kind === 'definition') return `${place(file, mention)} defines it too`;
    if (mention.kind === 'call' && mention.arguments.length !== home.mention.arguments.filter(isParameter).length)
      return `${place(file, mention)} calls it with another number of arguments`;
  }
  return null;
}

/** `(void)` has none. */
export function isParameter(parameter: string): boolean {
  return !/^void$/i.test(parameter);
}
