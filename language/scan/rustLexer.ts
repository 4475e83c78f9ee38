/** A tolerant lexer for Rust: comments nest, strings may be raw, and a quote may begin a lifetime. It never fails. */
import { TokenKind, type TokenList } from './tokens.ts';

/** Longest part first; what none of it matches stands for itself. */
const PART =
  /\s+|\/\/[^\n]*|\/\*|(?:br|cr|r)(#*)"|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[^\n][^'\n]{0,10})'|'\w+|[A-Za-z_]\w*|\d\w*(?:\.\d\w*)?|[\s\S]/y;
const COMMENT = /\/\*|\*\//g;

/** Behind the comment that begins at `start`. */
function endOfComment(text: string, start: number): number {
  let depth = 0;
  COMMENT.lastIndex = start;
  for (let match = COMMENT.exec(text); match; match = COMMENT.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT.lastIndex;
  }
  return text.length;
}

function kindOf(part: string): number {
  const first = part.charCodeAt(0);
  if (first === 0x22) return TokenKind.string;
  if (first === 0x27) return part.length > 1 && part.endsWith("'") ? TokenKind.character : 0x27;
  if (/^[A-Za-z_]/.test(part)) return TokenKind.identifier;
  return /^\d/.test(part) ? TokenKind.number : first;
}

/** Fills `tokens` with the tokens of `text`, closed by one of kind `end`. Linear in its length. */
export function tokenizeRust(text: string, tokens: TokenList): void {
  tokens.length = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (!match) break;
    const [part, hashes] = match;
    let end = at + part.length;
    if (part === '/*') {
      end = endOfComment(text, at);
    } else if (hashes !== undefined) {
      const close = text.indexOf(`"${hashes}`, end);
      end = close < 0 ? text.length : close + 1 + hashes.length;
      tokens.push(TokenKind.string, at, end);
    } else if (!/^\s|^\/\//.test(part)) {
      const kind = kindOf(part);
      // Kinds are bytes; nothing beyond them is looked for.
      if (kind < 0x80) tokens.push(kind, at, end);
    }
    at = end;
  }
  tokens.push(TokenKind.end, text.length, text.length);
}
