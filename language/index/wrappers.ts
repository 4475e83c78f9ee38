/**
 * Wrappers: functions and macros that hand a tag on to a pool routine, or to another wrapper. Their callers are the places
 * that allocate. A call means the definition that it can see, never just a name.
 */
import { POOL_ROUTINES } from '../scan/allocators.ts';
import type { Alias, EnclosingDefinition, FileSummary, Invocation, PoolCall } from '../scan/fileSummary.ts';
import { isHinted } from '../scan/hints.ts';
import { lastPart } from '../scan/names.ts';
import { OPERATOR_NEW } from '../scan/poolCalls.ts';
import { type Definer, DefinitionSight } from './definitionSight.ts';
import { haveCommon } from './dependents.ts';
import { pathToUri } from './fileUri.ts';
import { isHandedOn, parameterOf, templateParameterOf } from './handedOn.ts';
import type { IncludeScope } from './includeScope.ts';
import { isImplementation } from './nearness.ts';
import type { OwnRoutine, OwnRoutines } from './ownRoutines.ts';
import { forwardedParameter } from './substitution.ts';
import { type WrapperEffect, wrapperCall } from './wrapperCall.ts';

export interface Wrapper {
  readonly definer: Definer;
  readonly effects: readonly WrapperEffect[];
}

/** A function whose allocation has a tag of its own: one site, its callers worth listing. */
export interface FixedWrapper {
  readonly definer: Definer;
  readonly call: PoolCall;
}

/** Where the search for wrappers takes summaries from. */
export interface WrapperSources {
  paths(): Iterable<string>;
  holdsCalls(path: string): boolean;
  summary(path: string): FileSummary | undefined;
  want(names: Iterable<string>): void;
  holdersOf(name: string): ReadonlySet<string>;
}

/** Deeper than any code written by hand; ends the search where macros call each other in a circle. */
const MOST_LEVELS = 12;
/** Tags of one wrapper; macros that call each other with ever longer arguments would give any number. */
const MOST_EFFECTS = 16;
/** Called without its name. */
const OPERATOR = /\boperator\b/;
const PLACEMENT_NEW = /^operator new$/;
const ANY_NEW = /(?:^|::)operator new(?:\[\])?$/;
const ROUTINES = new Map(POOL_ROUTINES.map((routine) => [routine.name, routine]));

interface Effects {
  readonly definer: Definer;
  readonly effects: WrapperEffect[];
}

/** All wrappers of a workspace, as they are at one time. */
export class Wrappers {
  readonly #sources: WrapperSources;
  readonly #scope: IncludeScope;
  readonly #sight: DefinitionSight;
  readonly #byDefiner = new Map<string, Effects>();
  readonly #fixed = new Map<string, FixedWrapper>();
  /** Wrappers by file and name: of two definitions under #if and #else only one may be a wrapper. */
  readonly #byPlace = new Map<string, Effects>();
  readonly #operators: Definer[] = [];
  /** Those of `new (Pool) T`. */
  readonly #fixedOperators: FixedWrapper[] = [];
  readonly #names = new Set<string>();
  /** Of the names those of functions whose tag is their own. */
  readonly #fixedNames = new Set<string>();
  /** See {@link placementNew}. */
  readonly #placements = new Map<string, Wrapper | null>();
  readonly #own: OwnRoutines;
  /** Files that define any of these. */
  readonly #files = new Set<string>();
  #grew = false;

  constructor(sources: WrapperSources, scope: IncludeScope, own: OwnRoutines) {
    this.#sources = sources;
    this.#scope = scope;
    this.#own = own;
    this.#sight = new DefinitionSight(sources, scope);
  }

  /** Finds them, in steps of a few milliseconds at the most. To be gone through once, to the end. */
  *find(): Generator<void> {
    for (const name of this.#own.names()) this.#names.add(name);
    this.#grew = this.#names.size > 0;
    const files = [...this.#sources.paths()].filter((path) => this.#sources.holdsCalls(path));
    // Headers first: the files that call their wrappers need then be read only once.
    for (const path of files) {
      if (isImplementation(path)) continue;
      this.#readCalls(path);
      yield;
    }
    this.#sources.want([...this.#names].filter(isHinted));
    for (const path of files) {
      if (!isImplementation(path)) continue;
      this.#readCalls(path);
      yield;
    }
    yield* this.#follow();
  }

  /** Goes from wrappers to those around them until there are no more. */
  *#follow(): Generator<void> {
    /** Names whose calls are known. */
    const wanted = new Set<string>();
    for (let level = 0; this.#grew && level < MOST_LEVELS; level++) {
      this.#grew = false;
      const fresh = [...this.#names].filter((name) => !wanted.has(name));
      this.#sources.want(fresh);
      this.#scope.learn(fresh);
      for (const name of fresh) {
        wanted.add(name);
        this.#sight.forget(name);
      }
      // A definition found to be a wrapper only now may be meant by calls seen before: all are gone through again.
      const holders = new Set<string>();
      for (const name of wanted) for (const path of this.#sources.holdersOf(name)) holders.add(path);
      for (const path of holders) {
        this.#readInvocations(path);
        yield;
      }
    }
  }

  /** Whether all wrappers stay what they are when these names mean something else. */
  areIndependentOf(names: ReadonlySet<string>): boolean {
    return !haveCommon(names, this.#sight.asked);
  }

  /**
   * What the calls in these files mean, and those of functions that they define, as a text: equal where all mean the same. Asks
   * anew, for files may include others than before.
   */
  meantIn(paths: ReadonlySet<string>): string {
    this.#sight.forgetSeen();
    this.#placements.clear();
    const files = new Set(paths);
    for (const name of this.#names)
      if (this.#sight.isDefinedIn(name, paths)) for (const path of this.#sources.holdersOf(name)) files.add(path);
    const keys: string[] = [];
    for (const path of files) {
      if (!this.#sources.holdsCalls(path)) continue;
      const { invocations = [], aliases = [] } = this.#sources.summary(path) ?? {};
      for (const invocation of invocations)
        if (this.#names.has(invocation.name)) keys.push(this.#definer(path, invocation)?.key ?? '');
      for (const { target, nameStart } of aliases)
        if (!ROUTINES.has(target)) keys.push(this.#sight.named(path, target, nameStart)?.key ?? '');
    }
    return keys.join('\n');
  }

  /** Whether a file defines a wrapper. */
  definesIn(path: string): boolean {
    return this.#files.has(path);
  }

  all(): Iterable<Wrapper> {
    return this.#byDefiner.values();
  }

  /** The wrapper that an invocation means. */
  meant(path: string, invocation: Invocation): Wrapper | undefined {
    const own = this.#own.of(path, invocation.name);
    if (own) return ownWrapper(own);
    const definer = this.#definer(path, invocation);
    return definer && this.#wrapper(definer);
  }

  #definer(path: string, invocation: Invocation): Definer | undefined {
    if (!this.#names.has(invocation.name)) return undefined;
    if (invocation.qualifier.kind !== 'template') return this.#sight.definer(path, invocation);
    const templates = [...this.#byDefiner.values()].map((entry) => entry.definer);
    return this.#sight.nearest(
      path,
      templates.filter((d) => d.kind === 'template' && d.name === invocation.name),
    );
  }

  #wrapper(definer: Definer): Effects | undefined {
    return this.#byDefiner.get(definer.key) ?? this.#byPlace.get(placeKey(definer));
  }

  /** The `operator new` that takes a pool and a tag, nearest to a file that says `new (Pool, Tag) T`. */
  placementNew(path: string): Wrapper | undefined {
    let found = this.#placements.get(path);
    if (found === undefined) {
      const operators = this.#operators.filter((d) => d.parameters.length === 3);
      const nearest = this.#sight.nearest(path, operators);
      found = (nearest && this.#wrapper(nearest)) ?? null;
      this.#placements.set(path, found);
    }
    return found ?? undefined;
  }

  /** The wrapper with a fixed tag that an invocation means. */
  fixedMeant(path: string, invocation: Invocation): FixedWrapper | undefined {
    if (invocation.name === OPERATOR_NEW) return this.#fixedOperator(path, invocation);
    if (!this.#fixedNames.has(invocation.name)) return undefined;
    const definer = this.#definer(path, invocation);
    return definer && this.#fixed.get(definer.key);
  }

  /** The `operator new` of a class, or the nearest free one. */
  #fixedOperator(path: string, { qualifier }: Invocation): FixedWrapper | undefined {
    const owner = qualifier.kind === 'scope' ? `${qualifier.name}::` : '';
    const own = this.#fixedOperators.filter(({ definer }) => definer.name.startsWith(owner));
    const among = own.length > 0 ? own : this.#fixedOperators.filter(({ definer }) => !definer.name.includes('::'));
    const nearest = this.#sight.nearest(
      path,
      among.map(({ definer }) => definer),
    );
    return nearest && this.#fixed.get(nearest.key);
  }

  #readCalls(path: string): void {
    const summary = this.#sources.summary(path);
    if (!summary) return;
    for (const call of summary.calls) this.#readCall(path, call);
    for (const alias of summary.aliases) this.#readAlias(path, alias);
  }

  #readCall(path: string, call: PoolCall): void {
    const { enclosing, tag } = call;
    if (!enclosing || !tag) return;
    const parameter = templateParameterOf(call);
    if (parameter !== undefined) {
      this.#add(templateDefiner(path, enclosing), {
        routine: call.routine,
        action: call.action,
        tagExpression: parameter,
        poolExpression: call.poolExpression,
        pool: call.pool,
        via: [],
        written: { path, call },
      });
      return;
    }
    if (!isHandedOn(call)) {
      if (call.handsOut) this.#addFixed(asDefiner(path, enclosing), call);
      return;
    }
    this.#add(asDefiner(path, enclosing), {
      routine: call.routine,
      action: call.action,
      tagExpression: tag.text,
      poolExpression: call.poolExpression,
      pool: call.pool,
      via: [],
      written: { path, call },
    });
  }

  /** Functions whose name holds no hint are left alone: looking for their callers means to search every text once more. */
  #addFixed(definer: Definer, call: PoolCall): void {
    this.#files.add(definer.path);
    const fixed = { definer, call };
    if (ANY_NEW.test(definer.name) && definer.parameters.length === 2 && !this.#fixed.has(definer.key)) {
      this.#fixed.set(definer.key, fixed);
      this.#fixedOperators.push(fixed);
    }
    const name = lastPart(definer.name);
    if (this.#fixed.has(definer.key) || OPERATOR.test(name) || !isHinted(name)) return;
    this.#fixed.set(definer.key, fixed);
    this.#names.add(name);
    this.#fixedNames.add(name);
    this.#grew = true;
  }

  /** `#define A B`: A's arguments are B's. */
  #readAlias(path: string, alias: Alias): void {
    const routine = ROUTINES.get(alias.target);
    if (!routine || routine.tagArgument === null) return;
    const { pool } = routine;
    this.#add(aliasDefiner(path, alias, routine.parameters), {
      routine: routine.name,
      action: routine.action,
      tagExpression: `$${routine.tagArgument}`,
      poolExpression: pool.by === 'type' || pool.by === 'flags' ? `$${pool.argument}` : '',
      pool: pool.by === 'routine' ? pool.pool : 'unknown',
      via: [],
      written: null,
    });
  }

  #readInvocations(path: string): void {
    const summary = this.#sources.summary(path);
    if (!summary) return;
    for (const invocation of summary.invocations) {
      const { enclosing } = invocation;
      if (!enclosing) continue;
      const wrapper = this.meant(path, invocation);
      if (!wrapper) continue;
      for (const effect of [...wrapper.effects]) {
        const { effect: here, call } = wrapperCall(path, effect, wrapper.definer, invocation);
        const isForwarded = forwardedParameter(here.tagExpression, enclosing.parameters) !== undefined;
        const tagExpression = parameterOf(enclosing.template, here.tagExpression);
        if (enclosing.kind === 'macro' || (enclosing.kind === 'function' && isForwarded))
          this.#add(asDefiner(path, enclosing), here);
        else if (tagExpression !== undefined) this.#add(templateDefiner(path, enclosing), { ...here, tagExpression });
        else if (invocation.handsOut && here.action === 'allocate') this.#addFixed(asDefiner(path, enclosing), call);
      }
    }
    for (const alias of summary.aliases) {
      if (ROUTINES.has(alias.target)) continue;
      const meant = this.#sight.named(path, alias.target, alias.nameStart);
      const wrapper = meant && this.#wrapper(meant);
      if (!wrapper) continue;
      const { parameters } = wrapper.definer;
      const definer = { ...aliasDefiner(path, alias, 0), parameters };
      for (const effect of [...wrapper.effects]) this.#add(definer, effect);
    }
  }

  #add(definer: Definer, inner: WrapperEffect): void {
    let entry = this.#byDefiner.get(definer.key);
    if (!entry) {
      entry = { definer, effects: [] };
      this.#byDefiner.set(definer.key, entry);
      this.#byPlace.set(placeKey(definer), entry);
      this.#files.add(definer.path);
      if (PLACEMENT_NEW.test(definer.name)) this.#operators.push(definer);
      if (!OPERATOR.test(definer.name)) this.#names.add(lastPart(definer.name));
    }
    const isKnown = entry.effects.some((e) => e.action === inner.action && e.tagExpression === inner.tagExpression);
    if (isKnown || inner.via.length >= MOST_LEVELS || entry.effects.length >= MOST_EFFECTS) return;
    const { kind, name, path, line } = definer;
    entry.effects.push({ ...inner, via: [{ kind, name, uri: pathToUri(path), line }, ...inner.via] });
    this.#grew = true;
  }
}

/** What the user says of a routine, in the form of a wrapper that nothing stands behind. */
function ownWrapper({ name, action, tagArgument, pool }: OwnRoutine): Wrapper {
  const count = tagArgument === null ? 0 : tagArgument + 1;
  const definer = aliasDefiner('', { name, target: name, nameStart: 0, line: 0 }, count);
  const tagExpression = tagArgument === null ? '' : `$${tagArgument}`;
  return {
    definer,
    effects: [{ routine: name, action, tagExpression, poolExpression: '', pool, via: [], written: null }],
  };
}

function placeKey({ path, kind, name }: Definer): string {
  return `${path}\0${kind}\0${name}`;
}

function definerKey(path: string, { kind, name, nameStart }: EnclosingDefinition): string {
  return `${path}\0${kind}\0${name}\0${nameStart}`;
}

function asDefiner(path: string, enclosing: EnclosingDefinition): Definer {
  return { ...enclosing, path, key: definerKey(path, enclosing) };
}

/** The template that an enclosing definition belongs to. */
function templateDefiner(path: string, enclosing: EnclosingDefinition): Definer {
  const { name, parameters, defaults } = enclosing.template!;
  // Methods of one class template are one wrapper: its key must not tell them apart.
  const key = `${path}\0template\0${name}`;
  return { ...enclosing, kind: 'template', name, parameters, defaults, path, key };
}

function aliasDefiner(path: string, { name, nameStart, line }: Alias, parameters: number): Definer {
  return asDefiner(path, {
    kind: 'macro',
    name,
    parameters: Array.from({ length: parameters }, (_, i) => `$${i}`),
    defaults: [],
    nameStart,
    line,
    isStatic: false,
    template: null,
  });
}
