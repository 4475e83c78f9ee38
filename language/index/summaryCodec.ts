/**
 * Summaries as bytes: between threads, in memory, and in the cache. Six sections, one for each list of a summary, behind a
 * table of their lengths: a section is read when somebody asks for its list. A header's definitions are all that most
 * summaries are asked for.
 *
 * A new field of a summary needs a line in two functions here, and {@link SUMMARY_FORMAT} a new number.
 */
import type { SourceRange } from '../protocol.ts';
import type {
  Alias,
  ArgumentText,
  Definition,
  EnclosingDefinition,
  EnclosingTemplate,
  FileSummary,
  Include,
  Invocation,
  InvocationArgument,
  PoolCall,
} from '../scan/fileSummary.ts';
import { BrokenBytes, ByteReader, ByteWriter, StringSource, StringTable } from './byteStream.ts';

/** Number of the layout. Bytes of another one must not be read. */
const SUMMARY_FORMAT = 3;

const DEFINITION_KINDS = ['macro', 'function', 'constant', 'enumerator', 'type', 'member'] as const;
const ENCLOSING_KINDS = ['function', 'macro', 'template'] as const;
const ACTIONS = ['allocate', 'free'] as const;
const POOLS = ['paged', 'nonpaged', 'unknown'] as const;
const QUALIFIERS = ['none', 'object', 'template', 'scope'] as const;

const SECTIONS = 6;

/** Summaries as {@link encodeSummary} writes them, one at a time. */
class SummaryWriter {
  readonly #strings = new StringTable();
  /** Calls of one function share its description and its parameters: each is written once. */
  readonly #enclosings = new Map<EnclosingDefinition, number>();
  readonly #enclosingWriter = new ByteWriter();
  readonly #lists = new Map<readonly string[], number>();
  readonly #listWriter = new ByteWriter();
  #out = new ByteWriter();

  write(summary: FileSummary): Uint8Array<ArrayBuffer> {
    const sections = [
      this.#section(summary.includes, ({ path }) => this.#string(path)),
      this.#section(summary.definitions, (definition) => this.#definition(definition)),
      this.#section(summary.calls, (call) => this.#call(call)),
      this.#section(summary.invocations, (invocation) => this.#invocation(invocation)),
      this.#section(summary.functions, (f) => this.#enclosing(f)),
      this.#section(summary.aliases, (alias) => this.#alias(alias)),
    ];
    const all = new ByteWriter();
    all.number(SUMMARY_FORMAT);
    for (const section of sections) all.number(section.length);
    for (const section of sections) all.bytes(section);
    for (const [table, writer] of [
      [this.#lists, this.#listWriter],
      [this.#enclosings, this.#enclosingWriter],
    ] as const) {
      all.number(table.size);
      all.block(writer.take());
    }
    this.#strings.write(all);
    return all.take();
  }

  #section<T>(list: readonly T[], write: (item: T) => void): Uint8Array {
    this.#out = new ByteWriter();
    this.#out.number(list.length);
    for (const item of list) write(item);
    return this.#out.take();
  }

  #string(text: string): void {
    this.#out.number(this.#strings.numberOf(text));
  }

  /** Null is 0. */
  #optionalString(text: string | null): void {
    this.#out.number(text === null ? 0 : this.#strings.numberOf(text) + 1);
  }

  #choice<T extends string>(choices: readonly T[], value: T): void {
    this.#out.number(choices.indexOf(value));
  }

  #flag(value: boolean): void {
    this.#out.number(value ? 1 : 0);
  }

  #list(list: readonly string[]): void {
    let number = this.#lists.get(list);
    if (number === undefined) {
      number = this.#lists.size;
      this.#lists.set(list, number);
      this.#listWriter.number(list.length);
      for (const text of list) this.#listWriter.number(this.#strings.numberOf(text));
    }
    this.#out.number(number);
  }

  #enclosing(enclosing: EnclosingDefinition | null): void {
    if (enclosing === null) {
      this.#out.number(0);
      return;
    }
    let number = this.#enclosings.get(enclosing);
    if (number === undefined) {
      number = this.#enclosings.size;
      this.#enclosings.set(enclosing, number);
      const before = this.#out;
      this.#out = this.#enclosingWriter;
      this.#choice(ENCLOSING_KINDS, enclosing.kind);
      this.#string(enclosing.name);
      this.#list(enclosing.parameters);
      this.#list(enclosing.defaults);
      this.#out.number(enclosing.nameStart);
      this.#out.number(enclosing.line);
      this.#flag(enclosing.isStatic);
      this.#optionalString(enclosing.template?.name ?? null);
      if (enclosing.template) this.#template(enclosing.template);
      this.#out = before;
    }
    this.#out.number(number + 1);
  }

  #template({ parameters, defaults, constants }: EnclosingTemplate): void {
    this.#list(parameters);
    this.#list(defaults);
    this.#out.number(constants.length);
    for (const { name, value } of constants) {
      this.#string(name);
      this.#string(value);
    }
  }

  #range({ start, end }: SourceRange): void {
    this.#out.number(start.line);
    this.#out.number(start.character);
    this.#out.number(end.line - start.line);
    this.#out.number(end.character);
  }

  #argument({ text, start, range }: ArgumentText): void {
    this.#string(text);
    this.#out.number(start);
    this.#range(range);
  }

  #definition(d: Definition): void {
    this.#string(d.name);
    this.#choice(DEFINITION_KINDS, d.kind);
    this.#flag(d.parameters !== null);
    if (d.parameters) this.#list(d.parameters);
    this.#string(d.owner);
    this.#string(d.body);
    // A definition lies in one place: what follows is near its start.
    this.#out.number(d.start);
    this.#out.signed(d.end - d.start);
    this.#out.signed(d.nameStart - d.start);
    this.#out.signed(d.bodyStart - d.start);
    this.#flag(d.alternative);
    this.#string(d.condition);
  }

  #call(call: PoolCall): void {
    this.#string(call.routine);
    this.#choice(ACTIONS, call.action);
    this.#out.number(call.start);
    this.#range(call.range);
    this.#flag(call.tag !== null);
    if (call.tag) this.#argument(call.tag);
    this.#choice(POOLS, call.pool);
    this.#string(call.poolExpression);
    this.#flag(call.handsOut);
    this.#place(call);
    this.#list(call.hidden);
    this.#optionalString(call.localConstant);
    this.#string(call.lineText);
  }

  #place(place: Pick<PoolCall, 'enclosing' | 'function' | 'inMacro'>): void {
    this.#enclosing(place.enclosing);
    this.#string(place.function);
    this.#flag(place.inMacro);
  }

  #invocation(invocation: Invocation): void {
    const { qualifier, arguments: list } = invocation;
    this.#string(invocation.name);
    this.#choice(QUALIFIERS, qualifier.kind);
    if (qualifier.kind === 'scope') this.#string(qualifier.name);
    this.#out.number(invocation.start);
    this.#range(invocation.range);
    this.#out.number(list.length);
    for (const argument of list) {
      this.#argument(argument);
      this.#optionalString(argument.local?.name ?? null);
      if (argument.local) this.#optionalString(argument.local.constant);
    }
    this.#flag(invocation.handsOut);
    this.#place(invocation);
    this.#list(invocation.hidden);
    this.#string(invocation.lineText);
  }

  #alias(alias: Alias): void {
    this.#string(alias.name);
    this.#string(alias.target);
    this.#out.number(alias.nameStart);
    this.#out.number(alias.line);
  }
}

/** A summary whose lists are read from bytes when somebody asks for them. */
class EncodedSummary implements FileSummary {
  readonly bytes: Uint8Array;
  /** Where each section starts; the last one ends where the strings begin. */
  readonly #starts: readonly number[];
  readonly #strings: StringSource;
  readonly #listCount: number;
  readonly #listBytes: Uint8Array;
  readonly #enclosingCount: number;
  readonly #enclosingBytes: Uint8Array;
  #allLists: (readonly string[])[] | null = null;
  #allEnclosings: EnclosingDefinition[] | null = null;
  #in: ByteReader;
  #includes: readonly Include[] | null = null;
  #definitions: readonly Definition[] | null = null;
  #calls: readonly PoolCall[] | null = null;
  #invocations: readonly Invocation[] | null = null;
  #functions: readonly EnclosingDefinition[] | null = null;
  #aliases: readonly Alias[] | null = null;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const reader = new ByteReader(bytes);
    const format = reader.number();
    if (format !== SUMMARY_FORMAT) throw new BrokenBytes(`A summary has format ${format}, not ${SUMMARY_FORMAT}.`);
    const lengths = Array.from({ length: SECTIONS }, () => reader.number());
    const starts = [reader.at];
    for (const length of lengths) {
      starts.push(starts[starts.length - 1] + length);
      reader.bytes(length);
    }
    this.#starts = starts;
    this.#listCount = reader.number();
    this.#listBytes = reader.block();
    this.#enclosingCount = reader.number();
    this.#enclosingBytes = reader.block();
    this.#strings = new StringSource(reader);
    this.#in = reader;
  }

  get includes(): readonly Include[] {
    this.#includes ??= this.#section(0, () => ({ path: this.#string() }));
    return this.#includes;
  }

  get definitions(): readonly Definition[] {
    this.#definitions ??= this.#section(1, () => this.#definition());
    return this.#definitions;
  }

  get calls(): readonly PoolCall[] {
    this.#calls ??= this.#section(2, () => this.#call());
    return this.#calls;
  }

  get invocations(): readonly Invocation[] {
    this.#invocations ??= this.#section(3, () => this.#invocation());
    return this.#invocations;
  }

  get functions(): readonly EnclosingDefinition[] {
    this.#functions ??= this.#section(4, () => this.#enclosing()!);
    return this.#functions;
  }

  get aliases(): readonly Alias[] {
    this.#aliases ??= this.#section(5, () => this.#alias());
    return this.#aliases;
  }

  #section<T>(section: number, read: () => T): readonly T[] {
    const [start, end] = [this.#starts[section], this.#starts[section + 1]];
    this.#in = new ByteReader(this.bytes, start, end);
    const list: T[] = [];
    for (let left = this.#in.count(); left > 0; left--) list.push(read());
    return list;
  }

  #string(): string {
    return this.#strings.at(this.#in.number());
  }

  #optionalString(): string | null {
    const number = this.#in.number();
    return number === 0 ? null : this.#strings.at(number - 1);
  }

  #choice<T extends string>(choices: readonly T[]): T {
    const choice = choices[this.#in.number()];
    if (choice === undefined) throw new BrokenBytes('A word of a fixed set is missing.');
    return choice;
  }

  #flag(): boolean {
    return this.#in.number() === 1;
  }

  #list(): readonly string[] {
    if (!this.#allLists) {
      const reader = new ByteReader(this.#listBytes);
      this.#allLists = [];
      for (let left = this.#listCount; left > 0; left--) {
        const list: string[] = [];
        for (let more = reader.count(); more > 0; more--) list.push(this.#strings.at(reader.number()));
        this.#allLists.push(list);
      }
    }
    return present(this.#allLists[this.#in.number()]);
  }

  #enclosing(): EnclosingDefinition | null {
    if (!this.#allEnclosings) {
      const before = this.#in;
      this.#in = new ByteReader(this.#enclosingBytes);
      this.#allEnclosings = [];
      for (let left = this.#enclosingCount; left > 0; left--) this.#allEnclosings.push(this.#enclosingEntry());
      this.#in = before;
    }
    const number = this.#in.number();
    return number === 0 ? null : present(this.#allEnclosings[number - 1]);
  }

  #enclosingEntry(): EnclosingDefinition {
    const kind = this.#choice(ENCLOSING_KINDS);
    const name = this.#string();
    const parameters = this.#list();
    const defaults = this.#list();
    const nameStart = this.#in.number();
    const line = this.#in.number();
    const isStatic = this.#flag();
    const template = this.#optionalString();
    return {
      kind,
      name,
      parameters,
      defaults,
      nameStart,
      line,
      isStatic,
      template: template === null ? null : this.#template(template),
    };
  }

  #template(name: string): EnclosingTemplate {
    const parameters = this.#list();
    const defaults = this.#list();
    const constants = Array.from({ length: this.#in.count() }, () => ({ name: this.#string(), value: this.#string() }));
    return { name, parameters, defaults, constants };
  }

  #range(): SourceRange {
    const reader = this.#in;
    const start = { line: reader.number(), character: reader.number() };
    return { start, end: { line: start.line + reader.number(), character: reader.number() } };
  }

  #argument(): ArgumentText {
    return { text: this.#string(), start: this.#in.number(), range: this.#range() };
  }

  #definition(): Definition {
    const reader = this.#in;
    const name = this.#string();
    const kind = this.#choice(DEFINITION_KINDS);
    const parameters = this.#flag() ? this.#list() : null;
    const owner = this.#string();
    const body = this.#string();
    const start = reader.number();
    return {
      name,
      kind,
      parameters,
      owner,
      body,
      start,
      end: start + reader.signed(),
      nameStart: start + reader.signed(),
      bodyStart: start + reader.signed(),
      alternative: this.#flag(),
      condition: this.#string(),
    };
  }

  #call(): PoolCall {
    return {
      routine: this.#string(),
      action: this.#choice(ACTIONS),
      start: this.#in.number(),
      range: this.#range(),
      tag: this.#flag() ? this.#argument() : null,
      pool: this.#choice(POOLS),
      poolExpression: this.#string(),
      handsOut: this.#flag(),
      enclosing: this.#enclosing(),
      function: this.#string(),
      inMacro: this.#flag(),
      hidden: this.#list(),
      localConstant: this.#optionalString(),
      lineText: this.#string(),
    };
  }

  #invocation(): Invocation {
    const name = this.#string();
    const kind = this.#choice(QUALIFIERS);
    return {
      name,
      qualifier: kind === 'scope' ? { kind, name: this.#string() } : { kind },
      start: this.#in.number(),
      range: this.#range(),
      arguments: Array.from({ length: this.#in.count() }, () => this.#invocationArgument()),
      handsOut: this.#flag(),
      enclosing: this.#enclosing(),
      function: this.#string(),
      inMacro: this.#flag(),
      hidden: this.#list(),
      lineText: this.#string(),
    };
  }

  #invocationArgument(): InvocationArgument {
    const argument = this.#argument();
    const local = this.#optionalString();
    return { ...argument, local: local === null ? null : { name: local, constant: this.#optionalString() } };
  }

  #alias(): Alias {
    return {
      name: this.#string(),
      target: this.#string(),
      nameStart: this.#in.number(),
      line: this.#in.number(),
    };
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new BrokenBytes('A list is missing.');
  return value;
}

/** A summary as bytes. */
export function encodeSummary(summary: FileSummary): Uint8Array<ArrayBuffer> {
  return new SummaryWriter().write(summary);
}

/** The bytes of a summary, those that it was read from where it was. */
export function bytesOf(summary: FileSummary | Uint8Array): Uint8Array {
  if (summary instanceof Uint8Array) return summary;
  return summary instanceof EncodedSummary ? summary.bytes : encodeSummary(summary);
}

/**
 * The summary that bytes hold, which must not change any more. Throws {@link BrokenBytes} where they are of another format;
 * bytes that were damaged must be told by a checksum beforehand.
 */
export function decodeSummary(bytes: Uint8Array): FileSummary {
  return new EncodedSummary(bytes);
}
