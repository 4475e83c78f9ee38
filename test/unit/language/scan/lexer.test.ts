import { describe, expect, it } from 'vitest';
import { CodeBuffer } from '../../../../language/scan/characters.ts';
import { Lexer, tokenize } from '../../../../language/scan/lexer.ts';
import { TokenKind, TokenList } from '../../../../language/scan/tokens.ts';

function shown(text: string, tokens: TokenList): string {
  const words: string[] = [];
  for (let i = 0; tokens.kinds[i] !== TokenKind.end; i++) words.push(text.slice(tokens.starts[i], tokens.ends[i]));
  return words.join(' ');
}

/** The tokens of a text whose first body is gone over unless it goes on behind `before`. */
function skipping(text: string, before = Number.POSITIVE_INFINITY): string {
  const tokens = new TokenList();
  const lexer = new Lexer(new CodeBuffer().fill(text), tokens, 0, text.length);
  lexer.readToBody();
  lexer.skipBody(before);
  while (!lexer.isDone) lexer.readToBody();
  return shown(text, tokens);
}

function whole(text: string): string {
  const tokens = new TokenList();
  tokenize(text, tokens);
  return shown(text, tokens);
}

describe('characters', () => {
  it('outside ASCII are letters, but for spaces and the byte-order mark', () => {
    expect(whole('\ufeffgr\u00f6\u00dfe\u00a0\u4e2d\u6587 = \u0122;')).toBe('gr\u00f6\u00dfe \u4e2d\u6587 = \u0122 ;');
  });

  it('do not come from the text before', () => {
    const buffer = new CodeBuffer();
    buffer.fill('a longer text');
    const tokens = new TokenList();
    new Lexer(buffer.fill("x'"), tokens, 0, 2).readAll();
    expect(shown("x'", tokens)).toBe("x '");
  });
});

describe('the body of a function', () => {
  it.each([
    ['strings and characters', `s = "}\\"}"; c = '}'; w = L'\\'';`],
    ['raw strings', 'r = R"x(}")x"; t = u8R"(})";'],
    ['separated digits', "n = 1'000'000; h = 0xFF'FF'FF;"],
    ['words in front of constants', `L"}" TEXT"}" don't }`],
    ['comments', '/* } */ // } \\\n }\n/**/'],
    ['braces that differ between branches', '\n#if A\nif (a) {\n#else\nif (b) {\n#endif\n}'],
    ['dead branches', "\n#if 0\n}}} don't\n#endif\n"],
    ['hashes', 'a # b; "#";'],
  ])('is gone over: %s', (_, body) => {
    const tail = `void g(int a) { return "x"; }`;
    const text = `int f() {${body}\n} ${tail}`;
    expect(whole(text).endsWith(whole(tail))).toBe(true);
    expect(skipping(text).endsWith(whole(tail))).toBe(true);
  });

  it('leaves its braces and directives', () => {
    expect(skipping('f() { a; { b; }\n#define X 1\n} c')).toBe('f ( ) { { } #define X 1 } c');
  });

  it('is read whole where it holds what is looked for, and again from its start', () => {
    const text = 'f() {\n#if 1\n x;\n#else\n y;\n#endif\n if (x) { Alloc(); } } g() { z; }';
    expect(skipping(text, text.indexOf('Alloc'))).toBe(whole(text));
  });

  it('ends where a branch ends that began outside', () => {
    const text = '#if A\nint f() { a;\n#else\nint f(int x) { b;\n#endif\nc; }';
    expect(skipping(text)).toBe('#if A int f ( ) { #else int f ( int x ) { b ; #endif c ; }');
  });

  it('may lack its end', () => {
    expect(skipping('f() { a; "')).toBe('f ( ) {');
  });
});
