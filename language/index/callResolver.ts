/** From the calls in one file to its sites, frees and unresolved places. */
import type {
  AllocationSite,
  ConditionalTag,
  FreeSite,
  LeftOutFile,
  ProjectReference,
  SourcePlace,
  UnresolvedSite,
  UntaggedSite,
} from '../protocol.ts';
import { TAG_VARIABLE } from '../scan/candidates.ts';
import { type DefinitionLookup, evaluateConstant } from '../scan/constantExpression.ts';
import type { Definition, FileSummary, PoolCall } from '../scan/fileSummary.ts';
import { tagPattern } from '../scan/knownBits.ts';
import { wdkMacro } from '../scan/wdkMacros.ts';
import type { PoolTag } from '../tag/poolTag.ts';
import type { FixedCallers } from './dependents.ts';
import { pathToUri, uriToPath } from './fileUri.ts';
import { isHandedOn, parameterOf } from './handedOn.ts';
import type { IncludeScope, LocatedDefinition } from './includeScope.ts';
import { forwardedParameter } from './substitution.ts';
import { type WrapperEffect, type WrittenTag, wrapperCall } from './wrapperCall.ts';
import type { Wrappers } from './wrappers.ts';

/** An allocation site together with what the scanner saw there. */
export interface IndexedSite {
  readonly site: AllocationSite;
  readonly path: string;
  /** Where the call goes through a wrapper, the wrapper's effect; `tag` is null where the wrapper alone chooses the tag. */
  readonly call: PoolCall;
  /** Where the tag is written, when that is in a macro that the site calls. */
  readonly written?: WrittenTag;
}

/** A free together with what the scanner saw there. */
export interface IndexedFree {
  readonly free: FreeSite;
  readonly path: string;
  readonly call: PoolCall;
  /** As for {@link IndexedSite}. */
  readonly written?: WrittenTag;
}

/** A tagged allocation without a constant tag, together with what the scanner saw there. */
export interface IndexedUnresolved {
  readonly unresolved: UnresolvedSite;
  readonly path: string;
  readonly call: PoolCall;
  /** As for {@link IndexedSite}. */
  readonly written?: WrittenTag;
}

export interface FileResult {
  readonly sites: readonly IndexedSite[];
  readonly frees: readonly IndexedFree[];
  readonly unresolved: readonly IndexedUnresolved[];
  readonly untagged: readonly UntaggedSite[];
  readonly leftOut: LeftOutFile | null;
}

/** Equal for results that say the same to everybody outside. */
export function signatureOf({ sites, frees, unresolved, untagged, leftOut }: FileResult): string {
  const seen = [sites.map((s) => s.site), frees.map((f) => f.free), unresolved.map((u) => u.unresolved), untagged];
  return JSON.stringify(leftOut ? [leftOut] : seen);
}

/** A tag's value and the definitions it came through, the one named in the source first. */
export interface TagValue {
  readonly value: number;
  readonly definitions: readonly LocatedDefinition[];
}

/** Places whose tag, where it is no constant, says nothing: a field is often copied from another structure. */
const SILENT_WHEN_UNRESOLVED = new Set(['PoolTag', 'DriverPoolTag', 'new']);

/** What callers of a wrapper with a fixed tag are kept under. */
export function callKey(path: string, call: PoolCall): string {
  return `${path}\0${call.start}`;
}

/** The file of the call that {@link callKey} stands for. */
export function fileOfKey(key: string): string {
  return key.slice(0, key.indexOf('\0'));
}

/** Two words in a row, as in `_In_ ULONG Tag`. */
const DECLARED_PARAMETER = /^\s*[A-Za-z_]\w*\s+[A-Za-z_]/;

/** `condition ? one : other`, where neither is a choice itself. */
const CHOICE = /^[^?]*\?([^?:]+):([^?:]+)$/;
/** `object->Member`, `object.Member` or `Variable`, casts and parentheses apart; of a chain the last two parts. */
const VARIABLE = /^[\s(]*(?:\([\w\s*]+\)[\s(]*)?(?:.*?(\w*)\s*(->|\.)\s*)?([A-Za-z_]\w*)[\s)]*$/s;

/** Calls that have an effect of their own, and the tag's expression for each. */
interface Effective {
  readonly call: PoolCall;
  readonly tagExpression: string;
  readonly effect: WrapperEffect | null;
}

export class CallResolver {
  readonly #scope: IncludeScope;

  constructor(scope: IncludeScope) {
    this.#scope = scope;
  }

  /** The value of the tag that a call names itself. */
  evaluate(path: string, call: PoolCall): TagValue | undefined {
    return call.tag ? this.#value(path, call, call.tag.text, null) : undefined;
  }

  /** What `name` means at `offset`, and note of it in `used`. */
  lookupFrom(path: string, offset: number, used?: Map<Definition, LocatedDefinition>) {
    return (name: string): Definition | undefined => {
      const located = this.#scope.lookup(name, path, offset);
      if (located && used) used.set(located.definition, located);
      return located?.definition;
    };
  }

  resolve(
    path: string,
    summary: FileSummary,
    wrappers: Wrappers,
    callers: FixedCallers,
    project: ProjectReference | undefined,
  ): FileResult {
    const sites: IndexedSite[] = [];
    const frees: IndexedFree[] = [];
    const unresolved: IndexedUnresolved[] = [];
    const untagged: UntaggedSite[] = [];
    const uri = pathToUri(path);
    for (const { call, tagExpression, effect } of effectiveCalls(path, summary, wrappers)) {
      const { range, routine, lineText } = call;
      const place: SourcePlace = {
        uri,
        range,
        routine,
        function: call.function,
        lineText,
        ...(project && { project }),
      };
      const via = effect && effect.via.length > 0 ? { via: effect.via } : {};
      const found = tagExpression === '' ? undefined : this.#value(path, call, tagExpression, effect);
      const value = found?.value;
      const written = effect?.written && call.tag === null ? { written: effect.written } : {};
      if (call.action === 'free') {
        frees.push({ free: { ...place, tag: value || null, ...via }, path, call, ...written });
      } else if (value) {
        const tagRange = call.tag?.range ?? range;
        const fixedFor = callers.of(callKey(path, call));
        const values = this.#values(path, call, tagExpression, found!);
        const site = {
          ...place,
          tag: value,
          tagRange,
          tagExpression,
          pool: call.pool,
          ...via,
          ...(values && { values }),
        };
        sites.push({ site: fixedFor ? { ...site, callers: fixedFor } : site, path, call, ...written });
      } else if (tagExpression === '') {
        untagged.push(place);
      } else if (!SILENT_WHEN_UNRESOLVED.has(routine) && this.#seesTemplate(path, effect)) {
        const isZero = value === 0 ? { isZero: true } : {};
        const pattern = value === undefined ? this.#pattern(path, call, tagExpression, effect) : undefined;
        const values = value === undefined ? this.#possible(path, call, tagExpression) : [];
        const known = { ...(pattern !== undefined && { pattern }), ...(values.length > 0 && { values }) };
        const more = { ...isZero, ...known, ...via };
        unresolved.push({ unresolved: { ...place, expression: tagExpression, ...more }, path, call, ...written });
      }
    }
    return { sites, frees, unresolved, untagged, leftOut: null };
  }

  /** The tags that other branches of #if give, and other drivers that share the file, where there are any. */
  #values(path: string, call: PoolCall, expression: string, found: TagValue): ConditionalTag[] | null {
    const values: ConditionalTag[] = [];
    for (const located of found.definitions) {
      for (const other of [...this.#scope.otherBranches(located), ...this.#scope.otherMeanings(located, path)]) {
        const lookup = this.lookupFrom(path, call.start);
        const value = evaluateConstant(expression, (name) => (name === other.name ? other : lookup(name)))?.value;
        const isNew = value && value !== found.value && !values.some((v) => v.tag === value);
        if (isNew) values.push({ tag: value, condition: other.condition });
      }
      if (values.length > 0) return [{ tag: found.value, condition: located.definition.condition }, ...values];
    }
    return null;
  }

  #value(path: string, call: PoolCall, expression: string, effect: WrapperEffect | null): TagValue | undefined {
    if (call.localConstant !== null) {
      const value = evaluateConstant(call.localConstant, this.lookupFrom(path, call.start))?.value;
      return value === undefined ? undefined : { value, definitions: [] };
    }
    const used = new Map<Definition, LocatedDefinition>();
    const constant = evaluateConstant(expression, this.#names(path, call, effect, used));
    if (!constant) return undefined;
    // The kit's own macros are in no file.
    return { value: constant.value, definitions: constant.definitions.flatMap((d) => used.get(d) ?? []) };
  }

  /** Whether a call is none of a template, or of one that the file's includes lead to: others may have one of that name. */
  #seesTemplate(path: string, effect: WrapperEffect | null): boolean {
    const wrapper = effect?.via[0];
    return wrapper?.kind !== 'template' || this.#scope.closure(path).has(uriToPath(wrapper.uri) ?? '');
  }

  /** The tags that a condition chooses among, or that a variable or a member may hold, as far as they are constants. */
  #possible(path: string, call: PoolCall, expression: string): PoolTag[] {
    const [, first, second] = CHOICE.exec(expression) ?? [];
    if (first === undefined) return this.#assigned(path, call, expression);
    const lookup = this.#names(path, call, null);
    const values = [first, second].map((choice) => evaluateConstant(choice, lookup)?.value);
    return values.every((value) => value) ? (values as PoolTag[]) : [];
  }

  #assigned(path: string, call: PoolCall, expression: string): PoolTag[] {
    const [, object, member, name] = VARIABLE.exec(expression) ?? [];
    if (name === undefined || !TAG_VARIABLE.test(name) || (!member && call.hidden.includes(name))) return [];
    const values = new Set<PoolTag>();
    for (const { path: file, definition } of this.#scope.assigned(name, member ? (object ?? '?') : '', path)) {
      const value = evaluateConstant(definition.body, this.lookupFrom(file, definition.nameStart))?.value;
      if (value) values.add(value);
    }
    return [...values];
  }

  /** What is known of a tag that has no value: see {@link tagPattern}. */
  #pattern(path: string, call: PoolCall, expression: string, effect: WrapperEffect | null): string | undefined {
    return tagPattern(call.localConstant ?? expression, this.#names(path, call, effect));
  }

  /** What the names in a tag's expression mean. */
  #names(
    path: string,
    call: PoolCall,
    effect: WrapperEffect | null,
    used?: Map<Definition, LocatedDefinition>,
  ): DefinitionLookup {
    const lookup = this.lookupFrom(path, call.start, used);
    // A macro's own names are the caller's; where the caller does not know them, those of the macro's file.
    const atHome = effect?.written ? this.lookupFrom(effect.written.path, Number.POSITIVE_INFINITY, used) : undefined;
    const around = classAround(call.function);
    const inClass = (name: string, found: Definition | undefined) =>
      found && found.owner !== around && around !== '' ? (lookup(`${around}::${name}`) ?? found) : found;
    return (name) =>
      call.hidden.includes(name) ? undefined : (inClass(name, lookup(name)) ?? atHome?.(name) ?? wdkMacro(name));
  }
}

/** The class of a method, without what is around that; empty for every other function. */
function classAround(name: string): string {
  return /(?:^|::)([A-Za-z_]\w*)::[^:]*$/.exec(name)?.[1] ?? '';
}

/** A placement new as a call of the routine that its operator reaches, where the sources have the operator. */
function reached(path: string, call: PoolCall, wrappers: Wrappers): PoolCall {
  const routine = call.routine === 'new' ? wrappers.placementNew(path)?.effects[0].routine : undefined;
  return routine === undefined ? call : { ...call, routine };
}

/** A file's calls in the order of the text, those of wrappers among them; what a wrapper hands on is left to its callers. */
function* effectiveCalls(path: string, summary: FileSummary, wrappers: Wrappers): Generator<Effective> {
  const found: Effective[] = [];
  /** Calls of routines that the file sees redefined as macros. */
  const redefined = new Set<number>();
  for (const invocation of summary.invocations) {
    if (invocation.inMacro) continue;
    const wrapper = wrappers.meant(path, invocation);
    if (wrapper) redefined.add(invocation.start);
    for (const inner of wrapper?.effects ?? []) {
      const { effect, call } = wrapperCall(path, inner, wrapper!.definer, invocation);
      const { enclosing } = invocation;
      if (enclosing && forwardedParameter(effect.tagExpression, enclosing.parameters) !== undefined) continue;
      if (enclosing && parameterOf(enclosing.template, effect.tagExpression) !== undefined) continue;
      // A template's own default, and a member's definition outside of its template.
      if (effect.tagExpression === '' && effect.via.length > 0) continue;
      const { qualifier, hidden } = invocation;
      if (qualifier.kind === 'template' && forwardedParameter(effect.tagExpression, hidden) !== undefined) continue;
      // A declaration that was taken for a call.
      if (DECLARED_PARAMETER.test(effect.tagExpression)) continue;
      found.push({ call, tagExpression: effect.tagExpression, effect });
    }
  }
  for (const call of summary.calls)
    if (!isHandedOn(call) && !redefined.has(call.start))
      found.push({ call: reached(path, call, wrappers), tagExpression: call.tag?.text ?? '', effect: null });
  yield* found.sort((a, b) => a.call.start - b.call.start);
}
