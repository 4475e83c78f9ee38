/** Reads the tokens in front of an opening brace: what does it open, and what is its name? */
import { detached } from './directives.ts';
import { TokenKind, type TokenList } from './tokens.ts';

export interface OpenedScope {
  /** `container`: namespace, extern "C", class; `function`; `enum`; `other`: an initialiser or something unknown. */
  readonly kind: 'container' | 'function' | 'enum' | 'other';
  /** Function name with its qualifiers (`A::B`), or the class; empty where there is none. */
  readonly name: string;
  /** Names of parameters, of template parameters too. */
  readonly parameters: readonly string[];
  /** Parameters of the function alone, in order; of a class template, those of the template. */
  readonly own: readonly string[];
  /** What stands for an argument that is left out, for each of `own`; empty where there is nothing. */
  readonly defaults: readonly string[];
  /** The same of a function template's own parameters, which are the last of `parameters`. */
  readonly templateDefaults: readonly string[];
  /** Token of the function's or class's name; -1 where there is none. */
  readonly nameToken: number;
}

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const COLON = 0x3a;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const LESS = 0x3c;
const GREATER = 0x3e;
const TILDE = 0x7e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Words followed by parentheses that are no function names: SAL, declaration specifiers, C++ suffixes. */
const ANNOTATION =
  /^(?:_[A-Z]\w*_|__drv_\w+|__declspec|__attribute__|__pragma|__success|__callback|noexcept|throw|alignas|decltype|requires|explicit|if|while|for|switch|DECLSPEC_\w+|declspec)$/;

interface NamedParens {
  readonly name: string;
  readonly nameToken: number;
  /** Index of the opening parenthesis. */
  readonly open: number;
  readonly close: number;
}

function isName(tokens: TokenList, i: number): boolean {
  return tokens.kinds[i] === TokenKind.identifier;
}

interface ParameterList {
  readonly names: readonly string[];
  /** What stands behind each parameter's `=`; {@link NO_DEFAULTS} where no parameter has a default. */
  readonly defaults: readonly string[];
}

const NO_DEFAULTS: readonly string[] = [];

/** The last identifier of each part of a parenthesised list: the parameters, and their defaults. */
function parameterList(text: string, tokens: TokenList, open: number, close: number): ParameterList {
  const names: string[] = [];
  const defaults: string[] = [];
  let depth = 0;
  let last = '';
  let frozen = false;
  let value = -1;
  const flush = (end: number) => {
    if (last !== '' && last !== 'void' && last !== 'VOID') {
      names.push(last);
      defaults.push(value < 0 || value >= end ? '' : detached(text.slice(tokens.starts[value], tokens.ends[end - 1])));
    }
    last = '';
    frozen = false;
    value = -1;
  };
  for (let i = open + 1; i < close; i++) {
    const kind = tokens.kinds[i];
    if (kind === OPEN_PAREN || kind === LESS) depth++;
    else if (kind === CLOSE_PAREN || kind === GREATER) depth--;
    else if (kind === COMMA && depth <= 0) flush(i);
    else if (kind === EQUALS || kind === OPEN_BRACKET) {
      if (kind === EQUALS && depth <= 0 && value < 0) value = i + 1;
      frozen = true;
    } else if (kind === TokenKind.identifier && depth <= 0 && !frozen)
      last = text.slice(tokens.starts[i], tokens.ends[i]);
  }
  flush(close);
  return { names, defaults: defaults.some((d) => d !== '') ? defaults : NO_DEFAULTS };
}

/** Walks back over `A::B::` and `~` to the start of a qualified name; returns its text. */
function qualifiedName(text: string, tokens: TokenList, at: number, from: number): string {
  let name = text.slice(tokens.starts[at], tokens.ends[at]);
  let i = at - 1;
  if (i >= from && tokens.kinds[i] === TILDE) {
    name = `~${name}`;
    i--;
  }
  while (i - 2 >= from && tokens.kinds[i] === COLON && tokens.kinds[i - 1] === COLON) {
    let q = i - 2;
    if (tokens.kinds[q] === GREATER) {
      let depth = 0;
      for (; q >= from; q--) {
        if (tokens.kinds[q] === GREATER) depth++;
        else if (tokens.kinds[q] === LESS && --depth === 0) break;
      }
      q--;
    }
    if (q < from || !isName(tokens, q)) break;
    name = `${text.slice(tokens.starts[q], tokens.ends[q])}::${name}`;
    i = q - 1;
  }
  return name;
}

/** The `name (...)` groups between two tokens, annotations left out. */
function namedParens(text: string, tokens: TokenList, from: number, to: number): NamedParens[] {
  const found: NamedParens[] = [];
  let depth = 0;
  let open = -1;
  for (let i = from; i < to; i++) {
    const kind = tokens.kinds[i];
    if (kind === OPEN_PAREN) {
      if (depth++ === 0) open = i;
    } else if (kind === CLOSE_PAREN && depth > 0 && --depth === 0) {
      const before = open - 1;
      if (before < from) continue;
      const operator = operatorName(text, tokens, before, from);
      if (operator !== '') {
        found.push({ name: operator, nameToken: before, open, close: i });
      } else if (isName(tokens, before)) {
        if (ANNOTATION.test(text.slice(tokens.starts[before], tokens.ends[before]))) continue;
        found.push({ name: qualifiedName(text, tokens, before, from), nameToken: before, open, close: i });
      }
    } else if (depth === 0 && kind === COLON && isInitialiserColon(tokens, i)) {
      break;
    }
  }
  return found;
}

/** A single colon behind a parenthesis starts a constructor's initialiser list. */
function isInitialiserColon(tokens: TokenList, i: number): boolean {
  return tokens.kinds[i + 1] !== COLON && tokens.kinds[i - 1] === CLOSE_PAREN;
}

/** `operator new[]`, `operator==` and the like, whose last token is at `last`. */
function operatorName(text: string, tokens: TokenList, last: number, from: number): string {
  for (let i = last; i >= from && i >= last - 3; i--) {
    if (isName(tokens, i) && text.slice(tokens.starts[i], tokens.ends[i]) === 'operator') {
      const qualified = qualifiedName(text, tokens, i, from);
      return qualified + text.slice(tokens.ends[i], tokens.ends[last]).replace(/\s+/g, ' ');
    }
  }
  return '';
}

const UPPER = /^[A-Z0-9_]+$/;

/** The group that names the function: the last one, unless it is an upper-case macro behind a proper name. */
function functionGroup(groups: readonly NamedParens[]): NamedParens {
  const last = groups[groups.length - 1];
  if (groups.length === 1 || !UPPER.test(last.name)) return last;
  return groups.findLast((g) => !UPPER.test(g.name)) ?? last;
}

function templateParameters(
  text: string,
  tokens: TokenList,
  from: number,
  to: number,
): ParameterList & { readonly end: number } {
  if (text.slice(tokens.starts[from], tokens.ends[from]) !== 'template' || tokens.kinds[from + 1] !== LESS)
    return { names: [], defaults: NO_DEFAULTS, end: from };
  let depth = 0;
  let close = from + 1;
  for (; close < to; close++) {
    if (tokens.kinds[close] === LESS) depth++;
    else if (tokens.kinds[close] === GREATER && --depth === 0) break;
  }
  return { ...parameterList(text, tokens, from + 1, close), end: Math.min(close + 1, to) };
}

/**
 * `template <class T> using Name = `, from token `from` to one behind the `=`: the alias is a template like a class.
 * Undefined for every other declaration.
 */
export function templateAlias(text: string, tokens: TokenList, from: number, to: number): OpenedScope | undefined {
  const { names, defaults, end } = templateParameters(text, tokens, from, to);
  const isAlias = end > from && isWord(text, tokens, end, 'using') && isName(tokens, end + 1);
  if (!isAlias || tokens.kinds[end + 2] !== EQUALS || end + 2 >= to) return undefined;
  const name = text.slice(tokens.starts[end + 1], tokens.ends[end + 1]);
  return {
    kind: 'container',
    name,
    parameters: names,
    own: names,
    defaults,
    templateDefaults: NO_DEFAULTS,
    nameToken: end + 1,
  };
}

/**
 * Names the function of an old-style definition, `int f(a, b) int a; char *b;`, from its head (tokens `from` to the first
 * semicolon at `to`); undefined for every other declaration.
 */
export function oldStyleFunction(text: string, tokens: TokenList, from: number, to: number): OpenedScope | undefined {
  const groups = namedParens(text, tokens, from, to);
  if (groups.length !== 1) return undefined;
  const { name, nameToken, open, close } = groups[0];
  if (close + 2 >= to || !isName(tokens, close + 1) || open - 1 === from) return undefined;
  for (let i = open + 1; i < close; i++) if (!isName(tokens, i) && tokens.kinds[i] !== COMMA) return undefined;
  const { names } = parameterList(text, tokens, open, close);
  return {
    kind: 'function',
    name,
    parameters: names,
    own: names,
    defaults: NO_DEFAULTS,
    templateDefaults: NO_DEFAULTS,
    nameToken,
  };
}

/** Classifies the brace at token `brace`, whose declaration starts at token `from`. */
export function openedScope(text: string, tokens: TokenList, from: number, brace: number): OpenedScope {
  const template = templateParameters(text, tokens, from, brace);
  let word = '';
  let hasString = false;
  let depth = 0;
  for (let i = template.end; i < brace; i++) {
    const kind = tokens.kinds[i];
    if (kind === OPEN_PAREN) depth++;
    else if (kind === CLOSE_PAREN) depth--;
    else if (depth > 0) continue;
    else if (kind === EQUALS && tokens.kinds[i - 1] !== TokenKind.identifier) {
      // `operator=`, `operator==`: an identifier or another operator character stands before; `=` after `]` or `)` initialises.
      if (tokens.kinds[i - 1] === CLOSE_BRACKET || tokens.kinds[i - 1] === CLOSE_PAREN) return other(template.names);
    } else if (kind === EQUALS && !isWord(text, tokens, i - 1, 'operator')) return other(template.names);
    else if (kind === TokenKind.string) hasString = true;
    else if (kind === TokenKind.identifier && word === '') {
      const text1 = text.slice(tokens.starts[i], tokens.ends[i]);
      if (/^(?:class|struct|union|enum|namespace|extern)$/.test(text1)) word = text1;
    }
  }
  const groups = namedParens(text, tokens, template.end, brace);
  if (groups.length > 0) {
    const group = functionGroup(groups);
    const { names: own, defaults } = parameterList(text, tokens, group.open, group.close);
    const { name, nameToken } = group;
    const parameters = [...own, ...template.names];
    return { kind: 'function', name, parameters, own, defaults, templateDefaults: template.defaults, nameToken };
  }
  switch (word) {
    case 'enum':
      return { ...other(template.names), kind: 'enum', ...className(text, tokens, template.end, brace, word) };
    case 'class':
    case 'struct':
    case 'union':
      return {
        kind: 'container',
        parameters: template.names,
        own: template.names,
        defaults: template.defaults,
        templateDefaults: NO_DEFAULTS,
        ...className(text, tokens, template.end, brace, word),
      };
    case 'namespace':
      return { ...other(template.names), kind: 'container' };
    case 'extern':
      return hasString ? { ...other(template.names), kind: 'container' } : other(template.names);
    default:
      return other(template.names);
  }
}

function other(parameters: readonly string[]): OpenedScope {
  return {
    kind: 'other',
    name: '',
    parameters,
    own: [],
    defaults: NO_DEFAULTS,
    templateDefaults: NO_DEFAULTS,
    nameToken: -1,
  };
}

function isWord(text: string, tokens: TokenList, i: number, word: string): boolean {
  return text.slice(tokens.starts[i], tokens.ends[i]) === word;
}

/** The class's own name: the last identifier before its bases, attributes left out. */
function className(
  text: string,
  tokens: TokenList,
  from: number,
  brace: number,
  keyword: string,
): { name: string; nameToken: number } {
  let depth = 0;
  let name = '';
  let nameToken = -1;
  let seen = false;
  for (let i = from; i < brace; i++) {
    const kind = tokens.kinds[i];
    if (kind === OPEN_PAREN || kind === LESS) depth++;
    else if (kind === CLOSE_PAREN || kind === GREATER) depth--;
    else if (kind === COLON && tokens.kinds[i + 1] !== COLON && tokens.kinds[i - 1] !== COLON) break;
    else if (kind === TokenKind.identifier && depth === 0) {
      const word = text.slice(tokens.starts[i], tokens.ends[i]);
      if (word === keyword) seen = true;
      else if (seen && word !== 'final' && !word.startsWith('__')) {
        name = word;
        nameToken = i;
      }
    }
  }
  return { name, nameToken };
}

/** The arguments of a call, as ranges of tokens; `end` is the index of the closing parenthesis. */
export interface ArgumentTokens {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly end: number;
}

/** Tokens of the longest call looked at: what is not closed by then is no call, and long garbage costs linear time. */
const LONGEST_CALL = 2000;

/**
 * Splits the arguments of the call whose opening parenthesis is at token `open`. Of #if branches within the call the first
 * one counts; `directive` tells what a directive token does. Undefined where the parentheses do not close, or a semicolon
 * stands among the arguments, as a macro's may hold.
 */
export function splitArguments(
  tokens: TokenList,
  open: number,
  directive: (token: number) => 'if' | 'else' | 'end' | 'other',
  holdsStatements = false,
): ArgumentTokens | undefined {
  const starts: number[] = [];
  const ends: number[] = [];
  let depth = 1;
  let start = open + 1;
  let lastEnd = start;
  const limit = Math.min(tokens.length, open + LONGEST_CALL);
  for (let i = open + 1; i < limit; i++) {
    const kind = tokens.kinds[i];
    if (kind === TokenKind.directive) {
      if (directive(i) === 'else') {
        for (let level = 0; i < limit; i++) {
          if (tokens.kinds[i] !== TokenKind.directive) continue;
          const what = directive(i);
          if (what === 'if') level++;
          else if (what === 'end' && level-- === 0) break;
        }
      }
      if (start === lastEnd) start = lastEnd = i + 1;
      continue;
    }
    if (kind === TokenKind.end) return undefined;
    if (kind === OPEN_PAREN || kind === OPEN_BRACKET || kind === OPEN_BRACE) depth++;
    else if (kind === CLOSE_PAREN || kind === CLOSE_BRACKET || kind === CLOSE_BRACE) {
      if (--depth === 0) {
        if (kind !== CLOSE_PAREN) return undefined;
        if (starts.length > 0 || lastEnd > start) {
          starts.push(start);
          ends.push(lastEnd);
        }
        return { starts, ends, end: i };
      }
    } else if (kind === COMMA && depth === 1) {
      starts.push(start);
      ends.push(lastEnd);
      start = lastEnd = i + 1;
      continue;
    } else if (kind === 0x3b && depth === 1 && !holdsStatements) return undefined;
    else if (kind === LESS && depth === 1 && isName(tokens, i - 1)) i = endOfTemplate(tokens, i);
    lastEnd = i + 1;
  }
  return undefined;
}

/** The `>` of `name<a, b>(...)` and `name<a, b>::...`, whose `<` is token `open`; `open` itself where it rather compares. */
function endOfTemplate(tokens: TokenList, open: number): number {
  const list = splitTemplateArguments(tokens, open);
  if (!list || list.starts.length < 2) return open;
  const after = tokens.kinds[list.end + 1];
  return after === OPEN_PAREN || (after === COLON && tokens.kinds[list.end + 2] === COLON) ? list.end : open;
}

/** Tokens of the longest list of template arguments looked at. */
const LONGEST_TEMPLATE_LIST = 60;

/** Splits the arguments of a template, whose `<` is at token `open`. Undefined where it rather compares. */
export function splitTemplateArguments(tokens: TokenList, open: number): ArgumentTokens | undefined {
  const starts: number[] = [];
  const ends: number[] = [];
  let depth = 0;
  let start = open + 1;
  const limit = Math.min(tokens.length, open + LONGEST_TEMPLATE_LIST);
  for (let i = open + 1; i < limit; i++) {
    const kind = tokens.kinds[i];
    if (kind === LESS || kind === OPEN_PAREN) depth++;
    else if (kind === CLOSE_PAREN || (kind === GREATER && depth > 0)) depth--;
    else if (kind === COMMA && depth === 0) {
      starts.push(start);
      ends.push(i);
      start = i + 1;
    } else if (kind === GREATER) {
      starts.push(start);
      ends.push(i);
      return { starts, ends, end: i };
    } else if (kind === 0x3b || kind === OPEN_BRACE || kind === CLOSE_BRACE || kind === TokenKind.end) return undefined;
    if (depth < 0) return undefined;
  }
  return undefined;
}
