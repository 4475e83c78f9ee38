/** Preprocessor directives: the parts of #define and #include. */
import type { SourceText } from './characters.ts';
import type { Definition } from './fileSummary.ts';
import { tokenize } from './lexer.ts';
import { TokenList } from './tokens.ts';

const INCLUDE = /#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)/y;
const DEFINE = /#[ \t]*define[ \t]+([A-Za-z_$][\w$]*)(\([^()]*\))?(?:[ \t]|\\\r?\n|\/\*.*?\*\/)*/y;
/** What a tag's value is made of, besides macros with parameters; conditions of other definitions are of no use. */
const MAY_BE_TAG = /'|0[xX]/;
const LONGEST_CONDITION = 200;
/** No constant and no call of interest is longer than this. */
const LONGEST_BODY = 4096;

const bodyTokens = new TokenList();

/**
 * A copy that does not keep the whole file's text alive, as a slice of it would.
 */
export function detached(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

/** The path of an #include directive at `start`, undefined for an include through a macro. */
export function includePath(text: string, start: number): string | undefined {
  INCLUDE.lastIndex = start;
  const match = INCLUDE.exec(text);
  return match ? detached((match[1] ?? match[2]).trim()) : undefined;
}

/** Reads the #define between `start` and `end`; undefined where the macro has no body or one too long to matter. */
export function readDefine(
  source: SourceText,
  start: number,
  end: number,
  alternative: boolean,
  condition: () => string,
): Definition | undefined {
  const { text } = source;
  DEFINE.lastIndex = start;
  const match = DEFINE.exec(text);
  if (!match) return undefined;
  let bodyStart = DEFINE.lastIndex;
  if (bodyStart >= end || end - bodyStart > LONGEST_BODY) return undefined;
  let bodyEnd = end;
  const raw = text.slice(bodyStart, end);
  if (raw.includes('/')) {
    tokenize(source, bodyTokens, { start: bodyStart, end });
    if (bodyTokens.length < 2) return undefined;
    bodyStart = bodyTokens.starts[0];
    bodyEnd = bodyTokens.ends[bodyTokens.length - 2];
  } else {
    bodyEnd = bodyStart + raw.trimEnd().length;
    if (bodyEnd === bodyStart) return undefined;
  }
  const [whole, name, parameters] = match;
  const list = parameters === undefined ? null : parameters.slice(1, -1).replaceAll(/\\\r?\n/g, ' ');
  return {
    name: detached(name),
    kind: list === null ? 'macro' : 'function',
    parameters: list === null ? null : list.split(',').map((p) => detached(p.trim())),
    owner: '',
    body: detached(text.slice(bodyStart, bodyEnd)),
    condition: list !== null || MAY_BE_TAG.test(raw) ? condition() : '',
    start,
    end,
    nameStart: start + whole.indexOf(name, whole.indexOf('define') + 6),
    bodyStart,
    alternative,
  };
}

/** The condition of the #if, #ifdef, #ifndef or #elif between `start` and `end`, as an expression. */
export function conditionOf(text: string, start: number, end: number): string {
  const match = /^#\s*(if|ifdef|ifndef|elif|elifdef|elifndef)\b([\s\S]*)/.exec(
    text.slice(start, Math.min(end, start + 2000)),
  );
  if (!match) return '';
  const condition = match[2]
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ' ')
    .replace(/(?:\\\r?\n|\s)+/g, ' ')
    .trim()
    .slice(0, LONGEST_CONDITION);
  if (match[1].endsWith('ndef')) return `!defined(${condition})`;
  return match[1].endsWith('def') ? `defined(${condition})` : condition;
}
