/** Reads structures, unions and classes with their members. */
import { TokenKind } from '../scan/tokens.ts';
import { closing, declaratorsAt, typeAt, type WrittenType } from './declared.ts';
import { PUNCTUATION, type Tok } from './tokens.ts';

export interface Member {
  readonly name: string;
  readonly type: WrittenType;
  /** Members of one union have the same number; -1 outside of any. */
  readonly union: number;
}

export interface Structure {
  readonly name: string;
  readonly bases: readonly string[];
  readonly members: readonly Member[];
}

/** The words that begin a structure. */
export const RECORD = /^(?:struct|union|class)$/;

/** Collects the structures of one file. */
export class RecordReader {
  readonly structures: Structure[] = [];
  readonly #path: string;
  #unions = 0;
  #unnamed = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the structure that a declaration defines, if any. */
  readAll(tokens: readonly Tok[]): void {
    const brace = tokens.findIndex((t) => t.text === '{' && t.kind === PUNCTUATION);
    if (brace >= 0 && tokens.slice(0, brace).some((t) => RECORD.test(t.text))) this.read(tokens, brace);
  }

  /** The structure whose brace is token `brace`; answers its name, a made one where it has none. */
  read(tokens: readonly Tok[], brace: number, fallback = ''): string {
    const front = tokens.slice(0, brace);
    let at = front.findLastIndex((t) => RECORD.test(t.text));
    if (at < 0) return '';
    const isUnion = front[at].text === 'union';
    let name = '';
    const bases: string[] = [];
    for (at++; at < front.length; at++) {
      const { text, kind } = front[at];
      if (text === ':') {
        for (const t of front.slice(at + 1))
          if (t.kind === TokenKind.identifier && !/^(?:public|private|protected|virtual)$/.test(t.text))
            bases.push(t.text);
        break;
      }
      if (text === '(' || text === '<') {
        if (text === '(') at = closing(front, at);
        continue;
      }
      if (kind === TokenKind.identifier && text !== 'final' && !/^(?:__\w+|DECLSPEC_\w+|alignas)$/.test(text))
        name = text;
    }
    name ||= fallback || `${this.#path}#${this.#unnamed++}`;
    const body = tokens.slice(brace + 1, closing(tokens, brace));
    const members: Member[] = [];
    this.#members(body, name, isUnion ? this.#unions++ : -1, members, bases);
    this.structures.push({ name, bases, members });
    return name;
  }

  #members(tokens: readonly Tok[], owner: string, union: number, members: Member[], bases: string[]): void {
    for (let i = 0; i < tokens.length; ) {
      const { text } = tokens[i];
      if (text === ';' || /^(?:public|private|protected)$/.test(text)) {
        i += tokens[i + 1]?.text === ':' ? 2 : 1;
        continue;
      }
      const end = endOfMember(tokens, i);
      const part = tokens.slice(i, end.at);
      i = end.at + 1;
      if (end.isCode || part.length === 0) continue;
      const brace = part.findIndex((t) => t.text === '{' && t.kind === PUNCTUATION);
      const front = brace < 0 ? [] : part.slice(0, brace);
      if (front.some((t) => RECORD.test(t.text)) && !front.some((t) => t.text === '(')) {
        this.#nested(part, brace, owner, union, members, bases);
        continue;
      }
      const type = typeAt(part, 0);
      if (!type || part[0].text === 'typedef' || part[0].text === 'using' || part[0].text === 'friend') continue;
      // `HEADER;`: the members of another structure, as if they stood here.
      if (type.end === part.length) bases.push(type.name);
      const declared = declaratorsAt(part, type.end, type.name);
      for (const d of declared?.list ?? []) if (!d.isDirect) members.push({ name: d.name, type: d.type, union });
    }
  }

  #nested(part: readonly Tok[], brace: number, owner: string, union: number, members: Member[], bases: string[]): void {
    const close = closing(part, brace);
    const declared = close + 1 < part.length ? declaratorsAt(part, close + 1, '') : undefined;
    const isUnion = part.slice(0, brace).some((t) => t.text === 'union');
    if (!declared || declared.list.length === 0) {
      const named = part.slice(0, brace).some((t) => t.kind === TokenKind.identifier && !RECORD.test(t.text));
      if (named) this.read(part, brace);
      const inner = union >= 0 ? union : isUnion ? this.#unions++ : -1;
      this.#members(part.slice(brace + 1, close), owner, inner, members, bases);
      return;
    }
    const name = this.read(part, brace, `${owner}.${declared.list[0].name}`);
    for (const d of declared.list) members.push({ name: d.name, type: { ...d.type, name }, union });
  }
}

/** Where the member declaration that starts at `from` ends; `isCode`: it is a function with a body. */
function endOfMember(tokens: readonly Tok[], from: number): { at: number; isCode: boolean } {
  for (let i = from; i < tokens.length; i++) {
    const { text, kind } = tokens[i];
    if (kind !== PUNCTUATION) continue;
    if (text === '(' || text === '[') i = closing(tokens, i);
    else if (text === '{') {
      const before = tokens[i - 1]?.text ?? '';
      const isCode = before === ')' || /^(?:const|noexcept|override|final)$/.test(before);
      i = closing(tokens, i);
      if (isCode && tokens[i + 1]?.text !== ';') return { at: i, isCode: true };
    } else if (text === ';') return { at: i, isCode: false };
  }
  return { at: tokens.length, isCode: false };
}
