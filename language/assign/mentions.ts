/** Where a function's or macro's name stands in a source, and as what. */

/** A name in the code of a file, comments and literals left out. Offsets are UTF-16 units into its text. */
export interface Mention {
  readonly start: number;
  /**
   * `definition`: of a function or macro; `declaration`: of a function without its body; `pragma`: the name alone, such as
   * in `#pragma alloc_text`; `other`: anything else, such as an address that is taken.
   */
  readonly kind: 'call' | 'definition' | 'declaration' | 'pragma' | 'other';
  /** In the body of a macro. */
  readonly inMacro: boolean;
  /** The parentheses around the arguments or parameters; `close` is -1 without any. */
  readonly open: number;
  readonly close: number;
  /** Arguments or parameters as written, white space around each left out. */
  readonly arguments: readonly string[];
}

const NOISE =
  /\/\/(?:[^\n\\]|\\[\s\S])*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\[\s\S])*'/g;
/** Words before a call at the start of a statement that name no type. */
const NO_TYPE = /\b(?:return|else|do|goto|case|default|throw|co_return|sizeof|delete|typedef)\b/;
const SPACES_ONLY = /[^\r\n]/g;
/** A parameter with its type: two words, or a type that ends in a star; or `void`. */
const PARAMETER = /^(?:void|VOID|[\w\s*&[\]:<>,()]*[\w*&>\])\s][\s*&]+\w+\s*(?:\[\w*\])?|[\w\s]+[*&]+)$/;

/** The code with comments and literals blanked out: every offset stays. The quotes of literals stay too. */
export function codeOf(text: string): string {
  return text.replace(NOISE, (noise) => {
    if (noise[0] === '/') return noise.replace(SPACES_ONLY, ' ');
    return noise[0] + noise.slice(1, -1).replace(SPACES_ONLY, '_') + noise[noise.length - 1];
  });
}

/** The parenthesis that closes the one at `open`; -1 where none does. */
export function closingOf(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    const c = code[i];
    if (c === '(' || c === '[' || c === '{') depth++;
    else if (c === ')' || c === ']' || c === '}') {
      depth--;
      if (depth === 0) return c === ')' ? i : -1;
    }
  }
  return -1;
}

/** What stands between two offsets, at the commas outside of all brackets. */
function separated(code: string, text: string, from: number, to: number): string[] {
  if (code.slice(from, to).trim() === '') return [];
  const parts: string[] = [];
  let depth = 0;
  let start = from;
  for (let i = from; i < to; i++) {
    if ('([{'.includes(code[i])) depth++;
    else if (')]}'.includes(code[i])) depth--;
    else if (code[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start, to).trim());
  return parts;
}

/** The arguments of the call whose name begins at `start`. */
export function argumentsOf(text: string, start: number): string[] {
  const code = codeOf(text.slice(start, start + 2000));
  const open = code.indexOf('(');
  const close = open < 0 ? -1 : closingOf(code, open);
  return close < 0 ? [] : separated(code, code, open + 1, close);
}

/** The directive around an offset, from its `#`; undefined outside of one. */
function directiveAt(code: string, offset: number): string | undefined {
  let start = code.lastIndexOf('\n', offset - 1) + 1;
  while (start > 1 && /\\\r?\n$/.test(code.slice(Math.max(0, start - 3), start)))
    start = code.lastIndexOf('\n', start - 2) + 1;
  const lead = /^[ \t]*#/.exec(code.slice(start, start + 80));
  return lead ? code.slice(start + lead[0].length, offset) : undefined;
}

/** The text of the statement before an offset, groups in parentheses left out. */
function statementBefore(code: string, offset: number): string {
  let start = offset;
  while (start > 0 && !';{}'.includes(code[start - 1])) {
    const lineStart = code.lastIndexOf('\n', start - 2) + 1;
    if (code[start - 1] === '\n' && /^[ \t]*#/.test(code.slice(lineStart, start))) break;
    start--;
  }
  let before = code.slice(start, offset);
  for (let shorter = ''; shorter !== before; ) {
    shorter = before;
    before = before.replace(/\([^()]*\)/g, ' ');
  }
  return before;
}

/** Every place of a name in a text. */
export function mentionsOf(name: string, text: string, code: string): Mention[] {
  const mentions: Mention[] = [];
  for (const { index: start } of code.matchAll(
    new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'),
  )) {
    const end = start + name.length;
    const directive = directiveAt(code, start);
    const inMacro = directive !== undefined && /^\s*define\b/.test(directive);
    const open = end + /^\s*/.exec(code.slice(end))![0].length;
    const close = code[open] === '(' ? closingOf(code, open) : -1;
    const base = { start, inMacro, open, close, arguments: close < 0 ? [] : separated(code, text, open + 1, close) };
    mentions.push({ ...base, kind: kindOf(code, base, directive) });
  }
  return mentions;
}

function kindOf(code: string, mention: Omit<Mention, 'kind'>, directive: string | undefined): Mention['kind'] {
  const { start, close } = mention;
  if (directive !== undefined && /^\s*pragma\b/.test(directive)) return 'pragma';
  if (directive !== undefined && /^\s*define\s+$/.test(directive)) return close < 0 ? 'other' : 'definition';
  if (directive !== undefined && !mention.inMacro) return 'other';
  if (close < 0 || /(?:->|\.|::|&|\bdelete)\s*$/.test(code.slice(Math.max(0, start - 12), start))) return 'other';
  if (mention.inMacro) return 'call';
  const before = statementBefore(code, start);
  const follows = code.slice(close + 1).trimStart();
  const looksDeclared = /^[\w\s*&:]*[\w*&]\s*$/.test(before) && /\w/.test(before) && !NO_TYPE.test(before);
  const parameters = mention.arguments;
  if (!looksDeclared || !parameters.every((p) => PARAMETER.test(p))) return 'call';
  return follows[0] === '{' ? 'definition' : 'declaration';
}
