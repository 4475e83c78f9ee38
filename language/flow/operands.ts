/** Reads the operands of expressions: names, constants, casts, members, elements, calls. */
import { TokenKind } from '../scan/tokens.ts';
import { CallReader } from './calls.ts';
import { UNREAD } from './cursor.ts';
import { behindAngle, closing, isPointerGroup, isQualifier, NO_TYPE, typeAt, type WrittenType } from './declared.ts';
import { type KnownType, lastName, UNTYPED } from './program.ts';
import { PUNCTUATION } from './tokens.ts';
import { nothing, type Value, valueAt } from './values.ts';

const POINTER_WORDS = /^(?:NULL|nullptr|TRUE|FALSE|true|false|this)$/;
const CASTS = /^(?:static_cast|reinterpret_cast|const_cast|dynamic_cast|safe_cast|bit_cast)$/;

export abstract class OperandReader extends CallReader {
  /** A cast, a literal of a structure, or an expression in parentheses. */
  protected parenthesised(): Value {
    const open = this.at;
    const close = closing(this.tokens, open);
    if (close >= this.tokens.length) throw UNREAD;
    const type = this.#castType(open, close);
    if (type) {
      this.at = close + 1;
      const known = this.program.typeOf(type);
      if (this.is('{')) return this.postfix(valueAt(this.braced(known), known));
      const operand = this.unary();
      return this.flow.cast(operand, known);
    }
    this.at++;
    if (this.is('{')) throw UNREAD;
    const value = this.comma();
    this.expect(')');
    return this.postfix(value);
  }

  /** The type in the parentheses where they are a cast's. */
  #castType(open: number, close: number): WrittenType | undefined {
    const { tokens } = this;
    if (close === open + 1 || tokens[open + 1].kind === TokenKind.number) return undefined;
    const type = typeAt(tokens, open + 1);
    if (!type || type.end > close) return undefined;
    let stars = 0;
    let i = type.end;
    for (; i < close; i++) {
      const { text, kind } = tokens[i];
      if (text === '*') stars++;
      else if (text === '&' || (kind === TokenKind.identifier && isQualifier(text))) continue;
      else if (text === '(' && isPointerGroup(tokens, i)) {
        // A pointer to a function.
        i = closing(tokens, i);
        if (tokens[i + 1]?.text === '(') i = closing(tokens, i + 1);
        return i < close ? { ...NO_TYPE } : undefined;
      } else if (text === '[') i = closing(tokens, i);
      else return undefined;
    }
    const next = tokens[close + 1];
    if (!next) return undefined;
    const single = type.end === open + 2;
    const name = tokens[open + 1].text;
    if (single && stars === 0) {
      const isVariable = this.locals.has(name) || this.program.global(name, this.fn.code.path) !== undefined;
      if (isVariable) return undefined;
    }
    const startsOperand =
      next.kind !== PUNCTUATION
        ? next.kind !== TokenKind.end
        : next.text === '(' ||
          next.text === '{' ||
          next.text === '::' ||
          next.text === '!' ||
          next.text === '~' ||
          (/^(?:[*&+-]|\+\+|--)$/.test(next.text) && (stars > 0 || !single || this.program.isTypeName(name)));
    if (!startsOperand || (next.kind === TokenKind.identifier && isOperatorWord(next.text))) return undefined;
    if (next.text === '(' && single && stars === 0 && this.program.functionsNamed(name, this.fn.code.path).length > 0)
      return undefined;
    return { name: type.name, stars, dimensions: 0 };
  }

  protected primary(): Value {
    const { kind, text } = this;
    if (kind === TokenKind.number || kind === TokenKind.character) {
      this.at++;
      return nothing();
    }
    if (kind === TokenKind.string) {
      this.#strings();
      return nothing();
    }
    if (kind !== TokenKind.identifier) throw UNREAD;
    if (this.tokens[this.at + 1]?.kind === TokenKind.string) {
      this.#strings();
      return nothing();
    }
    const start = this.at;
    this.at++;
    let name = text;
    let qualifier = '';
    if (this.is('<') && CASTS.test(name)) return this.#namedCast();
    for (;;) {
      if (this.is('<')) {
        const behind = behindAngle(this.tokens, this.at);
        const after = this.tokens[behind]?.text;
        const isTemplate =
          behind > this.at && (after === '::' || after === '{' || (after === '(' && !this.locals.has(name)));
        if (!isTemplate) break;
        this.at = behind;
      }
      if (!this.is('::') || this.tokens[this.at + 1]?.kind !== TokenKind.identifier) break;
      qualifier = name;
      name = this.tokens[this.at + 1].text;
      this.at += 2;
    }
    if (this.is('(')) return this.call(name, qualifier, this.tokens[this.nameAt(start)].at, undefined);
    if (this.is('{') && this.program.isTypeName(name)) {
      const type = this.program.typeOf({ ...NO_TYPE, name });
      return valueAt(this.braced(type), type);
    }
    return this.#named(name, qualifier);
  }

  /** Strings one behind the other, and the names among them that stand for strings. */
  #strings(): void {
    while (
      this.kind === TokenKind.string ||
      (this.kind === TokenKind.identifier && /^[A-Z_][A-Z0-9_a-z]*$/.test(this.text) && !this.locals.has(this.text))
    )
      this.at++;
  }

  /** The last name in front of the present token. */
  nameAt(start: number): number {
    for (let i = this.at - 1; i > start; i--)
      if (this.tokens[i].kind === TokenKind.identifier && this.tokens[i + 1]?.text !== '>') return i;
    return start;
  }

  #namedCast(): Value {
    const open = this.at;
    const behind = behindAngle(this.tokens, open);
    if (behind === open) throw UNREAD;
    const type = typeAt(this.tokens, open + 1);
    const stars = this.tokens.slice(open, behind).filter((t) => t.text === '*').length;
    this.at = behind;
    this.expect('(');
    const operand = this.comma();
    this.expect(')');
    const known = type ? this.program.typeOf({ name: type.name, stars, dimensions: 0 }) : UNTYPED;
    return this.postfix(this.flow.cast(operand, known));
  }

  /** A variable, a function's name, or a constant. */
  #named(name: string, qualifier: string): Value {
    const local = qualifier === '' ? this.locals.get(name) : undefined;
    if (local) return { at: 'node', ...local, inside: [] };
    if (name === 'this') return valueAt(this.fn.self, this.#ownClass(1));
    if (POINTER_WORDS.test(name)) return nothing();
    const own = this.#ownClass(0);
    if (own.struct !== '' && this.program.member(own.struct, name)) {
      const { node, type, owner } = this.program.memberNode(own.struct, name);
      return { at: 'node', node, type, inside: [{ base: this.fn.self, struct: owner, member: name }] };
    }
    const global = this.program.global(name, this.fn.code.path);
    if (global) return { at: 'node', ...global, inside: [] };
    const functions = this.program.functionsNamed(name, this.fn.code.path);
    for (const fn of functions) fn.isAddressTaken = true;
    if (functions.length > 0) return nothing();
    // Constants and enumerators are in capitals, or short of any definition here; a variable of the system may hold anything.
    if (/^[A-Z0-9_]+$/.test(name) || qualifier !== '' || /^[A-Z][A-Za-z]+[A-Z]\w*$/.test(name)) return nothing();
    return { at: 'node', node: this.graph.outside, type: UNTYPED, inside: [] };
  }

  #ownClass(stars: number): KnownType {
    const { name } = this.fn.code;
    const end = name.lastIndexOf('::');
    if (end < 0) return UNTYPED;
    const struct = lastName(name.slice(0, end));
    return this.program.isDriversType(struct) ? { struct, stars, dimensions: 0, isKnown: true } : UNTYPED;
  }

  protected postfix(from: Value): Value {
    let value = from;
    for (;;) {
      if (this.kind !== PUNCTUATION) return value;
      switch (this.text) {
        case '->':
        case '.': {
          const arrow = this.text === '->';
          this.at++;
          if (this.is('~')) this.at++;
          const named = this.tokens[this.at];
          if (named?.kind !== TokenKind.identifier) throw UNREAD;
          const { text: name, at } = named;
          this.at++;
          if (this.is('(')) {
            value = this.methodCall(value, name, at, arrow);
            break;
          }
          value = this.flow.memberOf(value, name, arrow);
          break;
        }
        case '[': {
          this.at++;
          const index = this.is(']') ? nothing() : this.comma();
          this.flow.rvalue(index);
          this.expect(']');
          value = this.flow.element(value);
          break;
        }
        case '(':
          value = this.indirectCall(value);
          break;
        case '++':
        case '--':
          this.at++;
          break;
        default:
          return value;
      }
    }
  }
}

function isOperatorWord(word: string): boolean {
  return /^(?:and|or|not|xor|else|if)$/.test(word);
}
