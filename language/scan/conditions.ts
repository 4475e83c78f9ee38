/**
 * What `#if` says without any macro of the project: numbers, and what every compiler of Windows drivers defines or never
 * defines. Everything else is unknown, and unknown branches are all kept.
 */

/** Worth a second look: one of {@link KNOWN}, or of the names that {@link isForeign} tells. */
const HOLDS_KNOWN =
  /\b_WIN32\b|__linux|__APPLE__|__MACH__|BSD__|__unix|__sun\b|_ENDIAN|BIGENDIAN|RC_INVOKED|__ELF__|__MINIOS__/;

/** Macros with the same value in every build; big-endian Windows does not exist. */
const KNOWN: Readonly<Record<string, number>> = {
  _WIN32: 1,
  REG_DWORD: 4,
  REG_DWORD_LITTLE_ENDIAN: 4,
  REG_DWORD_BIG_ENDIAN: 5,
  __ORDER_LITTLE_ENDIAN__: 1234,
  __ORDER_BIG_ENDIAN__: 4321,
  __BYTE_ORDER__: 1234,
};
/** Macros of other systems and of the resource compiler. */
const FOREIGN =
  /^(?:__linux(?:__)?|__APPLE__|__MACH__|__(?:Free|Net|Open|DragonFly)BSD__|__unix(?:__)?|__sun|__BIG_ENDIAN__|WORDS_BIGENDIAN|RC_INVOKED|__ELF__|__MINIOS__)$/;

const PART = /\s*(defined\b|[A-Za-z_]\w*|0[xX][0-9A-Fa-f]+[uUlL]*|\d+[uUlL]*|&&|\|\||[=!<>]=|[!()<>]|\S)/gy;
/** Conditions longer than this are not looked into, characters. */
const LONGEST = 200;

/** Whether a macro that only other systems define. */
function isForeign(name: string): boolean {
  return FOREIGN.test(name);
}

/** Precedence climbing over three values: a number, or undefined where it depends on the build. */
class ConditionReader {
  readonly #parts: readonly string[];
  #at = 0;

  constructor(condition: string) {
    this.#parts = Array.from(condition.matchAll(PART), (match) => match[1]);
  }

  whole(): number | undefined {
    const value = this.#or();
    return this.#at === this.#parts.length ? value : undefined;
  }

  #take(part: string): boolean {
    if (this.#parts[this.#at] !== part) return false;
    this.#at++;
    return true;
  }

  #or(): number | undefined {
    let left = this.#and();
    while (this.#take('||')) {
      const right = this.#and();
      if (left || right) left = 1;
      else left = left === undefined || right === undefined ? undefined : 0;
    }
    return left;
  }

  #and(): number | undefined {
    let left = this.#comparison();
    while (this.#take('&&')) {
      const right = this.#comparison();
      if (left === 0 || right === 0) left = 0;
      else left = left === undefined || right === undefined ? undefined : 1;
    }
    return left;
  }

  #comparison(): number | undefined {
    const left = this.#operand();
    const operator = this.#parts[this.#at];
    if (operator === undefined || !/^(?:[=!<>]=|[<>])$/.test(operator)) return left;
    this.#at++;
    const right = this.#operand();
    if (left === undefined || right === undefined) return undefined;
    return Number(compare(operator, left, right));
  }

  #operand(): number | undefined {
    const part = this.#parts[this.#at++];
    if (part === undefined) return undefined;
    if (part === '!') {
      const value = this.#operand();
      return value === undefined ? undefined : Number(value === 0);
    }
    if (part === '(') {
      const value = this.#or();
      return this.#take(')') ? value : undefined;
    }
    if (part === 'defined') return this.#defined();
    if (/^\d/.test(part)) return Number.parseInt(part, /^0[xX]/.test(part) ? 16 : /^0\d/.test(part) ? 8 : 10);
    if (/^(?:TRUE|true)$/.test(part)) return 1;
    if (/^(?:FALSE|false)$/.test(part) || isForeign(part)) return 0;
    return Object.hasOwn(KNOWN, part) ? KNOWN[part] : undefined;
  }

  #defined(): number | undefined {
    const inParens = this.#take('(');
    const name = this.#parts[this.#at++] ?? '';
    if (inParens && !this.#take(')')) return undefined;
    if (isForeign(name)) return 0;
    // The others are enumerators or constants to some compilers.
    return name === '_WIN32' ? 1 : undefined;
  }
}

function compare(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}

const PLAIN = /^[\s(]*(?:(0+|FALSE|false)|(1|TRUE|true))[\s)]*$/;

/**
 * Whether the branch that an #if, #ifdef, #ifndef or the like opens is compiled in every driver (true), in none (false), or
 * in some (undefined). The directive stands between `start` and `end`; `name` is its name.
 */
export function knownCondition(text: string, name: string, start: number, end: number): boolean | undefined {
  if (end - start > LONGEST) return undefined;
  const directive = text.slice(start, end);
  const isPlain = name === 'if' || name === 'elif';
  if (isPlain ? !/[01TFtf]/.test(directive) && !HOLDS_KNOWN.test(directive) : !HOLDS_KNOWN.test(directive))
    return undefined;
  const condition = directive
    .slice(directive.indexOf(name) + name.length)
    .replace(/\/\*.*?\*\/|\/\/.*/gs, ' ')
    .replace(/\\\r?\n/g, ' ');
  if (isPlain) {
    const plain = PLAIN.exec(condition);
    if (plain) return plain[2] !== undefined;
    if (!HOLDS_KNOWN.test(directive)) return undefined;
    const value = new ConditionReader(condition).whole();
    return value === undefined ? undefined : value !== 0;
  }
  const value = new ConditionReader(`defined ${condition}`).whole();
  if (value === undefined) return undefined;
  return name.endsWith('ndef') ? value === 0 : value !== 0;
}
