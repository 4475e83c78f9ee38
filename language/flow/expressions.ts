/**
 * Reads the expressions of a function and says to the flow graph what they do with pointers. Tolerant: what cannot be read
 * throws {@link Unread}, and whoever reads the statement gives up everything that stands in it.
 */
import { TokenKind } from '../scan/tokens.ts';
import { UNREAD } from './cursor.ts';
import { closing } from './declared.ts';
import type { NodeId } from './graph.ts';
import { OperandReader } from './operands.ts';
import { type KnownType, UNTYPED } from './program.ts';
import { PUNCTUATION } from './tokens.ts';
import { decayed, NOTHING, nothing, type Value, valueAt } from './values.ts';

const ASSIGNS = /^(?:=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<=|>>=)$/;
/** Operators by how strongly they bind, the weakest first. */
const PRECEDENCE = new Map(
  ['||', '&&', '|', '^', '&', '== !=', '< > <= >=', '<< >>', '+ -', '* / %'].flatMap((operators, i) =>
    operators.split(' ').map((operator) => [operator, i + 1] as const),
  ),
);
/** Operators whose result may be a place in the memory of an operand. */
const KEEPS_POINTERS = /^[|^&+-]$/;

export class ExpressionReader extends OperandReader {
  #depth = 0;

  /** An expression with commas. */
  comma(): Value {
    let value = this.assignment();
    while (this.is(',')) {
      this.at++;
      this.flow.rvalue(value);
      value = this.assignment();
    }
    return value;
  }

  assignment(): Value {
    if (++this.#depth > 200) throw UNREAD;
    const left = this.#conditional();
    if (this.kind === PUNCTUATION && ASSIGNS.test(this.text)) {
      this.at++;
      const right = this.is('{') ? this.braced(left.type) : this.flow.rvalue(this.assignment());
      this.flow.assign(left, right);
      this.#depth--;
      return left;
    }
    this.#depth--;
    return left;
  }

  /** `{ a, b }` for a structure or array of a type: its elements go into the members. Answers a node that holds them all. */
  protected braced(type: KnownType): NodeId {
    const storage = this.graph.node();
    this.initialise({ at: 'node', node: storage, type, inside: [] });
    return storage;
  }

  /** Reads `{ ... }` at hand into a variable. */
  initialise(target: Value): void {
    this.expect('{');
    const { type, node } = target;
    const isRecord = type.struct !== '' && type.stars === 0 && type.dimensions === 0;
    for (let position = 0; !this.is('}'); position++) {
      if (this.kind === TokenKind.end) throw UNREAD;
      let member: Value | undefined;
      if (this.is('.') && this.tokens[this.at + 1]?.kind === TokenKind.identifier) {
        member = target;
        while (this.is('.')) {
          this.at++;
          member = this.flow.memberOf(member, this.text, false);
          this.at++;
        }
        while (this.is('[')) this.at = closing(this.tokens, this.at) + 1;
        this.expect('=');
      } else if (this.is('[')) {
        this.at = closing(this.tokens, this.at) + 1;
        if (this.is('=')) this.at++;
      }
      const name = isRecord ? this.program.memberAt(type.struct, position) : undefined;
      member ??= name !== undefined ? this.flow.memberOf(target, name, false) : undefined;
      const inner: KnownType = { ...type, dimensions: Math.max(0, type.dimensions - 1) };
      member ??= { at: 'node', node, type: type.dimensions > 0 ? inner : UNTYPED, inside: [] };
      if (this.is('{')) this.initialise(member);
      else {
        const from = this.flow.rvalue(this.assignment());
        if (isRecord && name === undefined && from !== NOTHING && !this.program.isDriversType(type.struct))
          this.graph.copy(from, this.graph.outside);
        this.flow.assign(member, from);
      }
      if (this.is(',')) this.at++;
      else if (!this.is('}')) throw UNREAD;
    }
    this.at++;
  }

  #conditional(): Value {
    const condition = this.#binary(1);
    if (!this.is('?')) return condition;
    this.at++;
    // `a ?: b`
    const first = this.is(':') ? condition : this.comma();
    this.expect(':');
    const second = this.assignment();
    const type = first.type.struct !== '' ? first.type : second.type;
    return valueAt(this.flow.either(this.flow.rvalue(first), this.flow.rvalue(second)), decayed(type));
  }

  #binary(level: number): Value {
    let left = this.unary();
    for (;;) {
      if (this.kind !== PUNCTUATION) return left;
      const operator = this.text;
      const precedence = PRECEDENCE.get(operator);
      if (precedence === undefined || precedence < level) return left;
      this.at++;
      const right = this.#binary(precedence + 1);
      const [a, b] = [this.flow.rvalue(left), this.flow.rvalue(right)];
      if (!KEEPS_POINTERS.test(operator)) left = nothing();
      else
        left = valueAt(
          this.flow.either(a, b),
          decayed(left.type.stars + left.type.dimensions > 0 ? left.type : right.type),
        );
    }
  }

  protected unary(): Value {
    const { kind, text } = this;
    if (kind === PUNCTUATION) {
      switch (text) {
        case '*': {
          this.at++;
          return this.flow.behind(this.unary());
        }
        case '&': {
          this.at++;
          const operand = this.unary();
          return valueAt(this.flow.addressOf(operand), {
            ...operand.type,
            stars: operand.type.stars + 1,
            dimensions: 0,
          });
        }
        case '!':
          this.at++;
          this.flow.rvalue(this.unary());
          return nothing();
        case '-':
        case '+':
        case '~':
          this.at++;
          return valueAt(this.flow.rvalue(this.unary()));
        case '++':
        case '--':
          this.at++;
          return this.unary();
        case '(':
          return this.parenthesised();
        case '::':
          this.at++;
          return this.unary();
        default:
          throw UNREAD;
      }
    }
    if (kind === TokenKind.identifier) {
      if (/^(?:sizeof|alignof|_Alignof|__alignof|typeid|decltype|noexcept)$/.test(text)) {
        this.at++;
        if (this.is('(')) this.at = closing(this.tokens, this.at) + 1;
        else this.unary();
        return this.postfix(nothing());
      }
      if (text === 'new') return this.newExpression();
      if (text === 'delete') return this.deleteExpression();
      if (text === 'throw' || text === 'co_await' || text === 'co_yield') {
        this.at++;
        return this.is(';') ? nothing() : this.assignment();
      }
    }
    return this.postfix(this.primary());
  }
}
