/** Where the value of a tag is written: in the call itself, or in the definition that the call's name leads to. */
import type { LocatedDefinition } from '../index/includeScope.ts';
import type { SourceRange } from '../protocol.ts';
import type { PoolCall } from '../scan/fileSummary.ts';
import { LineTable } from '../scan/lines.ts';
import type { RuleView } from './rule.ts';

export interface WrittenValue {
  readonly path: string;
  /** Offset of `text` in the file. */
  readonly start: number;
  readonly text: string;
  /** Name of the macro or constant that holds the value; empty where the call itself does. */
  readonly name: string;
}

const LONE_NAME = /^[\s(]*([A-Za-z_]\w*)[\s)]*$/;

/** Of the definitions that a tag comes through, the one with the value: behind aliases, before helper macros. */
function valueDefinition(chain: readonly LocatedDefinition[]): LocatedDefinition | undefined {
  let at = 0;
  while (at + 1 < chain.length && LONE_NAME.exec(chain[at].definition.body)?.[1] === chain[at + 1].definition.name)
    at++;
  return chain[at]?.definition.kind === 'function' ? undefined : chain[at];
}

/** A site or a free, and what the scanner saw there. */
export interface TaggedPlace {
  readonly path: string;
  readonly call: PoolCall;
  /** Where the tag is written, when that is in a macro that the site calls. */
  readonly written?: { readonly path: string; readonly call: PoolCall };
}

/** The written value of the tag at a place. Of arithmetic on definitions it is the whole argument. */
export function writtenValue({ index }: Pick<RuleView, 'index'>, place: TaggedPlace): WrittenValue | undefined {
  const { path, call } = place.written ?? place;
  const { tag } = call;
  if (!tag) return undefined;
  const located = valueDefinition(index.tagDefinitions(path, call));
  if (!located || index.valueOfDefinition(located.path, located.definition) !== index.valueOfCall(path, call))
    return { path, start: tag.start, text: tag.text, name: '' };
  const { body, bodyStart, name } = located.definition;
  return { path: located.path, start: bodyStart, text: body, name };
}

/** Turns written values into ranges; reads each file once. */
export class ValueLocator {
  readonly #read: RuleView['text'];
  readonly #files = new Map<string, { readonly text: string; readonly lines: LineTable } | null>();

  constructor(read: RuleView['text']) {
    this.#read = read;
  }

  /** Undefined where the file cannot be read, or changed since it was scanned. */
  rangeOf({ path, start, text }: WrittenValue): SourceRange | undefined {
    let file = this.#files.get(path);
    if (file === undefined) {
      const content = this.#read(path);
      file = content === undefined ? null : { text: content, lines: new LineTable(content) };
      this.#files.set(path, file);
    }
    return file?.text.startsWith(text, start) ? file.lines.rangeOf(start, start + text.length) : undefined;
  }
}
