/** Declarations, read tolerantly: types as far as the flow of pointers needs them, and the names they give. */
import { TokenKind } from '../scan/tokens.ts';
import { PUNCTUATION, type Tok } from './tokens.ts';

/** A type as written: the last name of it, and what stands around the declared name. */
export interface WrittenType {
  /** `struct _X`, `X` and `ns::X` all give the last name; empty where none is known. */
  readonly name: string;
  readonly stars: number;
  /** Dimensions of an array. */
  readonly dimensions: number;
}

export interface Declarator {
  readonly name: string;
  readonly type: WrittenType;
  /** Tokens of the initialiser, `=` left out; empty where there is none. */
  readonly initialiser: readonly Tok[];
  /** The initialiser stands in parentheses behind the name: a constructor's arguments, or a prototype's parameters. */
  readonly isDirect: boolean;
}

export const NO_TYPE: WrittenType = { name: '', stars: 0, dimensions: 0 };

const QUALIFIER =
  /^(?:const|volatile|static|extern|register|inline|__inline|__forceinline|FORCEINLINE|unsigned|signed|struct|union|enum|class|typename|mutable|constexpr|constinit|thread_local|virtual|explicit|friend|restrict|__restrict|__unaligned|UNALIGNED|FAR|NEAR|POINTER_ALIGNMENT|CONST|VOLATILE|_In_|_Out_|_Inout_|_In_opt_|_Out_opt_|_Inout_opt_|IN|OUT|OPTIONAL|NTAPI|WINAPI|CALLBACK|NDISAPI|__stdcall|__cdecl|__fastcall|FASTCALL|APIENTRY|__ptr32|__ptr64|__w64|DECLSPEC_\w+|EXTERN_C|NTSYSAPI|NTKERNELAPI|_[A-Z][a-z]\w*_|__drv_\w+|__declspec|__attribute__|alignas|_Alignas|__pragma|STATIC|LOCAL)$/;
const TWO_WORDS = /^(?:long|short|int|char|double|float|__int64|__int32|__int16|__int8)$/;

export function isQualifier(word: string): boolean {
  return QUALIFIER.test(word);
}

/** The index of the bracket that closes the one at `open`; the list's length where none does. */
export function closing(tokens: readonly Tok[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { kind, text } = tokens[i];
    if (kind !== PUNCTUATION) continue;
    if (text === '(' || text === '[' || text === '{') depth++;
    else if ((text === ')' || text === ']' || text === '}') && --depth === 0) return i;
  }
  return tokens.length;
}

/** Behind the `>` that closes the `<` at `open`; `open` itself where it rather compares. */
export function behindAngle(tokens: readonly Tok[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length && i < open + 80; i++) {
    const { text } = tokens[i];
    if (text === '<') depth++;
    else if (text === '>' || text === '>>') {
      depth -= text.length;
      if (depth <= 0) return i + 1;
    } else if (text === '(') i = closing(tokens, i);
    else if (text === ';' || text === '{' || text === '&&' || text === '||' || text === '=') return open;
  }
  return open;
}

/** The type that starts at token `from`: its name and the token behind it; undefined where no type can start there. */
export function typeAt(tokens: readonly Tok[], from: number): { name: string; end: number } | undefined {
  let i = from;
  let name = '';
  for (; i < tokens.length; i++) {
    const { kind, text } = tokens[i];
    if (kind === TokenKind.identifier) {
      if (isQualifier(text)) {
        if (tokens[i + 1]?.text === '(' && !/^(?:const|struct|union|enum|class)$/.test(text))
          i = closing(tokens, i + 1);
        if (/^(?:unsigned|signed)$/.test(text) && name === '') name = 'int';
        continue;
      }
      if (TWO_WORDS.test(text) && (name === '' || TWO_WORDS.test(name))) {
        name = text;
        continue;
      }
      if (name !== '' && name !== 'int') break;
      if (name === 'int') break;
      name = text;
      const angle = tokens[i + 1]?.text === '<' ? behindAngle(tokens, i + 1) : i + 1;
      if (angle > i + 1) i = angle - 1;
      if (tokens[i + 1]?.text === '::' && tokens[i + 2]?.kind === TokenKind.identifier) {
        i++;
        name = '';
      }
      continue;
    }
    if (text === '::' && name === '') continue;
    if (text === '[' && tokens[i + 1]?.text === '[' && name === '') {
      i = closing(tokens, i);
      continue;
    }
    break;
  }
  return name === '' ? undefined : { name, end: i };
}

/**
 * The declarators from token `from` on, behind a type, to a `;` or `end`. Undefined where the tokens are no declarators.
 */
export function declaratorsAt(
  tokens: readonly Tok[],
  from: number,
  base: string,
): { list: Declarator[]; end: number } | undefined {
  const list: Declarator[] = [];
  let i = from;
  for (;;) {
    let stars = 0;
    for (; i < tokens.length; i++) {
      const { text } = tokens[i];
      if (text === '*') stars++;
      else if (text === '&' || text === '&&') continue;
      else if (tokens[i].kind !== TokenKind.identifier || !isQualifier(text)) break;
    }
    let name: string;
    let isFunction = false;
    if (tokens[i]?.text === '(' && isPointerGroup(tokens, i)) {
      // A pointer to a function, or to an array: `(*name)(...)`, `(*name[3])(...)`.
      const close = closing(tokens, i);
      const inner = tokens.slice(i + 1, close).find((t) => t.kind === TokenKind.identifier && !isQualifier(t.text));
      if (!inner || close >= tokens.length) return undefined;
      name = inner.text;
      isFunction = true;
      i = close + 1;
      if (tokens[i]?.text === '(') i = closing(tokens, i) + 1;
    } else {
      if (tokens[i]?.kind !== TokenKind.identifier) return undefined;
      name = tokens[i++].text;
    }
    let dimensions = 0;
    while (tokens[i]?.text === '[') {
      dimensions++;
      i = closing(tokens, i) + 1;
    }
    if (tokens[i]?.text === ':' && tokens[i + 1]?.kind !== PUNCTUATION) {
      i++;
      while (i < tokens.length && !/^[,;=]$/.test(tokens[i].text)) i++;
    }
    // Annotations behind the name.
    while (tokens[i]?.kind === TokenKind.identifier && isQualifier(tokens[i].text)) {
      i++;
      if (tokens[i]?.text === '(') i = closing(tokens, i) + 1;
    }
    let initialiser: Tok[] = [];
    const opens = tokens[i]?.text;
    if (opens === '=') {
      const start = ++i;
      i = endOfInitialiser(tokens, start);
      initialiser = tokens.slice(start, i);
    } else if (opens === '{' || (opens === '(' && !isFunction)) {
      const close = closing(tokens, i);
      initialiser = tokens.slice(i, close + 1);
      i = close + 1;
    }
    const isDirect = opens === '(' && initialiser.length > 0;
    list.push({ name, type: { name: isFunction ? '' : base, stars, dimensions }, initialiser, isDirect });
    const end = tokens[i]?.text;
    if (end === ',') {
      i++;
      continue;
    }
    if (end === ';' || end === undefined) return { list, end: i };
    return undefined;
  }
}

/** Whether the parentheses at `open` start with `*`, behind the way a function is called: `(*f)(int)`, `(NTAPI *f)(int)`. */
export function isPointerGroup(tokens: readonly Tok[], open: number): boolean {
  let i = open + 1;
  while (tokens[i]?.kind === TokenKind.identifier && isQualifier(tokens[i].text)) i++;
  return /^(?:\*|&|\^)$/.test(tokens[i]?.text ?? '') && i - open < 4;
}

function endOfInitialiser(tokens: readonly Tok[], from: number): number {
  let i = from;
  for (; i < tokens.length; i++) {
    const { text, kind } = tokens[i];
    if (kind !== PUNCTUATION) continue;
    if (text === '(' || text === '[' || text === '{') i = closing(tokens, i);
    else if (text === ',' || text === ';') break;
  }
  return i;
}

/** One parameter of a list, from its tokens. */
export function parameterOf(tokens: readonly Tok[]): { name: string; type: WrittenType } {
  const type = typeAt(tokens, 0);
  if (!type) return { name: '', type: NO_TYPE };
  const declared = declaratorsAt(tokens, type.end, type.name);
  const first = declared?.list[0];
  if (!first) {
    const stars = tokens.slice(type.end).filter((t) => t.text === '*').length;
    return { name: '', type: { name: type.name, stars, dimensions: 0 } };
  }
  // An array parameter is a pointer.
  const { stars, dimensions } = first.type;
  return { name: first.name, type: { ...first.type, stars: stars + dimensions, dimensions: 0 } };
}
