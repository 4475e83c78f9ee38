/** Inputs for the scanner that nobody would write: generated code and the sample driver's, mutated. Seeded throughout. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Numbers that depend on the seed alone. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `sides` - 1. Source of the mixing: the public domain generator mulberry32. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)];
  }
}

const PIECES = [
  ...'\'"(){}[]<>,;:#\\\n/*&|^~?.=+-'.split(''),
  ...[
    '//',
    '/*',
    '*/',
    '\\\n',
    '\r\n',
    '\r',
    '\0',
    '\uFEFF',
    'é',
    '\u2028',
    '->',
    '::',
    '##',
    '<<',
    'R"(',
    ')"',
    "u8'",
    "L'",
  ],
  ...[
    '#if 0\n',
    '#if DBG\n',
    '#ifdef __linux__\n',
    '#ifndef A\n',
    '#else\n',
    '#elif X\n',
    '#endif\n',
    '#include "a.h"\n',
  ],
  ...["#define T 'abcd'\n", '#define A(x) B(x)\n', '#define B(x) A(x)\n', '#define X(', '#undef T\n', '#', '# define'],
  ...['ExAllocatePool2(', 'ExAllocatePoolWithTag(', 'ExFreePoolWithTag(', 'MyAlloc(', 'new (PagedPool, T) X', 'new ('],
  ...[
    'FLT_CONTEXT_REGISTRATION r[] = {',
    '{1,2,3,4,T},',
    '.PoolTag = ',
    'template <ULONG Tag> ',
    'class C ',
    'namespace n ',
  ],
  ...[
    'operator new',
    'return ',
    'const ULONG T = ',
    'enum { T = ',
    "'gaTX'",
    "'\\x41b'",
    '0x41424344',
    "'a' + __LINE__",
    'T',
  ],
  ...[
    'static_cast<ULONG>(',
    '(ULONG)',
    'u32::from_ne_bytes(*b"rust")',
    "fn f<'a>(",
    'const A: u32 = ',
    'r#"',
    'b"',
    ' as u32',
  ],
  ...['PVOID MyAlloc(SIZE_T n, ULONG Tag) { return ExAllocatePool2(F, n, Tag); }\n', 'void f() { MyAlloc(1, T); }\n'],
];

/** Whole functions, from which a mutation may start. */
function generated(dice: Dice): string {
  const name = () => dice.pick(['a', 'b', 'MyAlloc', 'Free', 'Tag', 'T', 'C', 'x1']);
  const expression = (depth: number): string => {
    const deeper = () => (depth > 3 ? 'T' : expression(depth + 1));
    return dice.pick([
      () => `'${String.fromCharCode(97 + dice.roll(26))}bc${dice.roll(10)}'`,
      () => name(),
      () => `(${deeper()} ${dice.pick(['+', '|', '<<', '-', '&'])} ${deeper()})`,
      () => `(ULONG)${deeper()}`,
      () => `${name()}(${deeper()}, ${deeper()})`,
      () => `${deeper()} ? ${deeper()} : ${deeper()}`,
      () => `${dice.roll(1 << 30)}u`,
    ])();
  };
  const lines: string[] = [];
  for (let i = dice.roll(6); i >= 0; i--) {
    lines.push(
      dice.pick([
        () => `#define ${name()} ${expression(0)}`,
        () => `#define ${name()}(x, y) ${name()}(x, ${expression(0)})`,
        () => `void *${name()}(int n, ULONG Tag) { return ${name()}(n, ${expression(0)}); }`,
        () => `void ${name()}(void) { p = ExAllocatePoolWithTag(PagedPool, 1, ${expression(0)}); ${name()}(p, T); }`,
        () => `#if ${expression(0)}\n${name()} = ${expression(0)};\n#else\nint x;\n#endif`,
        () =>
          `template <ULONG Tag> struct ${name()} { void g() { q = ExAllocatePool2(1, 2, Tag); } }; ${name()}<'abcd'> v;`,
        () => `const ULONG ${name()} = ${expression(0)};`,
        () => `x = new (PagedPool, ${expression(0)}) C; c.PoolTag = ${expression(0)};`,
      ])(),
    );
  }
  return lines.join(dice.roll(8) === 0 ? '\r\n' : '\n');
}

function sampleDriver(): string[] {
  const folder = path.resolve('test/sample-driver');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[ch]$/.test(name));
  return names.sort().map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

/** Characters of the longest part of a file that a mutation starts from. */
const LONGEST_PART = 600;

function mutated(dice: Dice, start: string): string {
  let text = start;
  for (let i = dice.roll(5); i >= 0; i--) {
    const at = dice.roll(text.length + 1);
    const to = Math.min(text.length, at + 1 + dice.roll(40));
    text = dice.pick([
      () => text.slice(0, at) + text.slice(to),
      () => text.slice(0, at) + dice.pick(PIECES) + text.slice(at),
      () => text.slice(0, to) + text.slice(at, to).repeat(1 + dice.roll(4)) + text.slice(to),
      () => text.slice(0, at) + dice.pick(PIECES) + text.slice(to),
      () => text.slice(0, at),
      () => text.slice(0, at) + text.slice(to) + text.slice(at, to),
      () => text.slice(0, at) + String.fromCharCode(dice.roll(dice.pick([128, 256, 65536]))) + text.slice(at),
    ])();
  }
  return text;
}

/** A text for each seed. */
export class Inputs {
  readonly #driver = sampleDriver();

  of(dice: Dice): string {
    if (dice.roll(4) === 0) {
      let text = '';
      for (let i = dice.roll(30); i >= 0; i--) text += dice.pick(PIECES);
      return text;
    }
    if (dice.roll(3) > 0) return mutated(dice, generated(dice));
    const file = dice.pick(this.#driver);
    const from = dice.roll(file.length);
    return mutated(dice, file.slice(from, from + LONGEST_PART));
  }
}

/** Texts that are repeated to see how time grows: each may make a careless scanner start over and over. */
export const REPEATED: readonly string[] = [
  ...PIECES,
  'a b ',
  'a::',
  'f(a, ',
  'x = f(',
  '#define T T\n',
  '#if A\nint f(\n#else\n{\n#endif\n',
  'void f() { p = ExAllocatePool2(1, 2, T); return p; }\n',
  'void f(',
  'template <',
  '( ULONG ) ',
  '#define A A A\n',
  'p = (T *)(',
  'namespace a {\n#if A\n',
  '#if A\nint f() { x; }\n',
  'int f() { ExAllocatePool(1, a);\n#if A\n{\n#else\n{\n#endif\n}\n',
  'new (PoolTag, x) ',
  '*/(',
];
