/** Reads constants from declarations: initialised variables, braced ones, and enumerators. */
import { detached } from './directives.ts';
import type { Definition } from './fileSummary.ts';
import { TokenKind, type TokenList } from './tokens.ts';

const OPEN_PAREN = 0x28;
const CLOSE_PAREN = 0x29;
const STAR = 0x2a;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** No tag is written longer than this, characters. */
const LONGEST_VALUE = 200;
/** Names of variables that hold a tag. */
const TAG_NAME = /tag/i;
const CONST = /^const(?:expr)?$/;

export interface FoundConstant
  extends Pick<Definition, 'name' | 'kind' | 'body' | 'start' | 'end' | 'nameStart' | 'bodyStart'> {
  /** Where something else than the surrounding class owns it. */
  readonly owner?: string;
}

/** Words in the arguments of a template that may be a tag. */
const TAG_ARGUMENT = /[Tt]ag|^[A-Z][A-Z0-9_]+$/;

/** The tokens of a constant: its declaration's first, its name, and its value from the first to behind the last. */
interface ConstantTokens {
  readonly kind: 'constant' | 'enumerator' | 'type' | 'member';
  readonly first: number;
  readonly name: number;
  readonly value: number;
  readonly valueEnd: number;
  /** Offset at which the declaration or enumerator ends. */
  readonly end: number;
}

function* found(text: string, { starts, ends }: TokenList, constant: ConstantTokens): Generator<FoundConstant> {
  const { kind, first, name, value, valueEnd, end } = constant;
  const bodyStart = starts[value];
  const bodyEnd = ends[valueEnd - 1];
  if (bodyEnd - bodyStart > LONGEST_VALUE) return;
  yield {
    name: detached(text.slice(starts[name], ends[name])),
    kind,
    body: detached(text.slice(bodyStart, bodyEnd)),
    start: starts[first],
    end,
    nameStart: starts[name],
    bodyStart,
  };
}

function isConstWord(text: string, { kinds, starts, ends }: TokenList, i: number): boolean {
  return kinds[i] === TokenKind.identifier && CONST.test(text.slice(starts[i], ends[i]));
}

function holdsCharacter({ kinds }: TokenList, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (kinds[i] === TokenKind.character) return true;
  return false;
}

/** `Tag = DRIVER_TAG`: a variable for a tag, whose value is a name. */
function namesTag(text: string, { kinds, starts, ends }: TokenList, name: number, value: number, end: number): boolean {
  if (end !== value + 1 || kinds[value] !== TokenKind.identifier) return false;
  return TAG_NAME.test(text.slice(starts[name], ends[name]));
}

/** `const ULONG A = 'x', B = 'y';` and initialised globals, between the tokens `from` and `to`. */
export function* initialisedConstants(
  text: string,
  tokens: TokenList,
  from: number,
  to: number,
): Generator<FoundConstant> {
  const { kinds, ends } = tokens;
  let isConst = false;
  let depth = 0;
  let name = -1;
  let value = -1;
  for (let i = from; i <= to; i++) {
    const kind = kinds[i];
    const isEnd = i === to || (kind === COMMA && depth === 0 && value >= 0);
    if (isEnd) {
      const counts =
        value >= 0 &&
        i > value &&
        (isConst || holdsCharacter(tokens, value, i) || namesTag(text, tokens, name, value, i));
      if (counts) yield* found(text, tokens, { kind: 'constant', first: from, name, value, valueEnd: i, end: ends[i] });
      value = -1;
      continue;
    }
    if (value < 0 && isConstWord(text, tokens, i)) isConst = true;
    if (kind === OPEN_PAREN || kind === OPEN_BRACE) depth++;
    else if (kind === CLOSE_PAREN || kind === CLOSE_BRACE) depth--;
    else if (depth > 0) continue;
    else if (kind === EQUALS && value < 0 && kinds[i - 1] === TokenKind.identifier && i - 1 > from) {
      name = i - 1;
      value = i + 1;
    }
  }
}

/** `constexpr ULONG Tag{'abcd'};`, whose brace is token `brace`. */
export function* bracedConstant(
  text: string,
  tokens: TokenList,
  from: number,
  brace: number,
): Generator<FoundConstant> {
  const { kinds, ends } = tokens;
  if (kinds[brace - 1] !== TokenKind.identifier || brace - 1 <= from) return;
  let isConst = false;
  for (let i = from; i < brace - 1; i++) isConst ||= isConstWord(text, tokens, i);
  if (!isConst) return;
  let valueEnd = brace + 1;
  while (valueEnd < brace + 32 && kinds[valueEnd] !== CLOSE_BRACE && kinds[valueEnd] !== TokenKind.end) valueEnd++;
  if (kinds[valueEnd] !== CLOSE_BRACE || valueEnd === brace + 1) return;
  const end = ends[valueEnd];
  yield* found(text, tokens, { kind: 'constant', first: from, name: brace - 1, value: brace + 1, valueEnd, end });
}

/** `{ A = 'aaaa', B = Parameter }`, whose brace is token `brace`, in a template with these parameters. */
export function* enumerators(
  text: string,
  tokens: TokenList,
  brace: number,
  parameters: readonly string[],
): Generator<FoundConstant> {
  const { kinds, starts, ends } = tokens;
  const isParameter = (from: number, to: number) =>
    to === from + 1 && parameters.includes(text.slice(starts[from], ends[from]));
  let start = brace + 1;
  for (let i = start; ; i++) {
    const kind = kinds[i];
    if (kind === COMMA || kind === CLOSE_BRACE) {
      if (kinds[start + 1] === EQUALS && (holdsCharacter(tokens, start + 2, i) || isParameter(start + 2, i))) {
        const end = ends[i - 1];
        yield* found(text, tokens, {
          kind: 'enumerator',
          first: start,
          name: start,
          value: start + 2,
          valueEnd: i,
          end,
        });
      }
      start = i + 1;
    }
    if (kind === CLOSE_BRACE || kind === SEMICOLON || kind === TokenKind.end) return;
  }
}

/** `using Name = Template<'abcd'>;`, `typedef Template<'abcd'> Name;`, between the tokens `from` and `to`. */
export function* templateNames(text: string, tokens: TokenList, from: number, to: number): Generator<FoundConstant> {
  const { kinds, starts, ends } = tokens;
  const word = (i: number) => (kinds[i] === TokenKind.identifier ? text.slice(starts[i], ends[i]) : '');
  const isUsing = word(from) === 'using' && kinds[from + 2] === EQUALS;
  if (!isUsing && word(from) !== 'typedef') return;
  const name = isUsing ? from + 1 : to - 1;
  const value = isUsing ? from + 3 : from + 1;
  const valueEnd = isUsing ? to : to - 1;
  if (valueEnd <= value + 2 || kinds[name] !== TokenKind.identifier || kinds[valueEnd - 1] !== GREATER) return;
  let open = value;
  while (open < valueEnd && kinds[open] !== LESS) open++;
  const mayBeTag = (i: number) =>
    kinds[i] === TokenKind.number || kinds[i] === TokenKind.character || TAG_ARGUMENT.test(word(i));
  for (let i = open + 1; i < valueEnd; i++) {
    if (!mayBeTag(i)) continue;
    yield* found(text, tokens, { kind: 'type', first: from, name, value, valueEnd, end: ends[to] });
    return;
  }
}

/** Words in front of an assigned variable that do not declare it. */
const BEFORE_VARIABLE = /^(?:else|do)$/;
const ENDS_VALUE: ReadonlySet<number> = new Set([SEMICOLON, COMMA, CLOSE_BRACE, TokenKind.end, TokenKind.directive]);
/** Tokens of the longest tag that is assigned. */
const LONGEST_ASSIGNED = 8;

/**
 * `p->Tag = 'abcd';`, `{ .Tag = NAME, ...`, `Tag = 'abcd';`, whose name is token `i`: a value that the variable or the member may
 * have. Declarations are none.
 */
export function* assignedTag(text: string, tokens: TokenList, i: number): Generator<FoundConstant> {
  const { kinds, starts, ends } = tokens;
  const word = (t: number) => (kinds[t] === TokenKind.identifier ? text.slice(starts[t], ends[t]) : '');
  const isArrow = kinds[i - 1] === GREATER && kinds[i - 2] === MINUS;
  const isMember = isArrow || kinds[i - 1] === DOT;
  if (!isMember && (kinds[i - 1] === STAR || (word(i - 1) !== '' && !BEFORE_VARIABLE.test(word(i - 1))))) return;
  const value = i + 2;
  let valueEnd = value;
  while (valueEnd < value + LONGEST_ASSIGNED && !ENDS_VALUE.has(kinds[valueEnd])) valueEnd++;
  const isValue = valueEnd > value && ENDS_VALUE.has(kinds[valueEnd]) && kinds[valueEnd] !== TokenKind.directive;
  if (!isValue || kinds[valueEnd] === TokenKind.end || text.slice(starts[value], ends[valueEnd - 1]) === '0') return;
  const [assigned] = found(text, tokens, {
    kind: 'member',
    first: i,
    name: i,
    value,
    valueEnd,
    end: ends[valueEnd - 1],
  });
  if (!assigned) return;
  yield {
    ...assigned,
    name: `.${assigned.name}`,
    owner: isMember ? detached(word(isArrow ? i - 3 : i - 2)) || '?' : '',
  };
}
