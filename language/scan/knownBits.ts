/** What is known of a tag that is no constant: `NDIS_TAG + __LINE__` changes with each call, but not in every byte. */
import { type DefinitionLookup, evaluateIn } from './constantExpression.ts';
import { type Domain, swapBytes } from './domains.ts';

/** A 32-bit value of which only some bits are known: those set in `ones` are 1, those set in `zeros` are 0. */
interface KnownBits {
  readonly ones: number;
  readonly zeros: number;
}

/** Numbers of source lines and the like stay below this. */
const LARGEST_LINE = 0xffff;
const COUNTERS = new Set(['__LINE__', '__COUNTER__']);

function bits(ones: number, zeros: number): KnownBits {
  return { ones: ones >>> 0, zeros: zeros >>> 0 };
}

/** Any value up to a power of two less one. */
function upTo(largest: number): KnownBits {
  return bits(0, ~largest);
}

const UNKNOWN = upTo(0xffffffff);

/** The sum of two values and a carry of 0 or 1; a bit is known where both bits and the carry into it are. */
function sum(a: KnownBits, b: KnownBits, carry: 0 | 1): KnownBits {
  const smallest = (a.ones + b.ones + carry) >>> 0;
  const largest = ((~a.zeros >>> 0) + (~b.zeros >>> 0) + carry) >>> 0;
  const carryZeros = ~(largest ^ a.zeros ^ b.zeros);
  const carryOnes = smallest ^ a.ones ^ b.ones;
  const known = (a.ones | a.zeros) & (b.ones | b.zeros) & (carryZeros | carryOnes);
  return bits(smallest & known, ~largest & known);
}

function inverted({ ones, zeros }: KnownBits): KnownBits {
  return bits(zeros, ones);
}

function shifted(operator: '<<' | '>>', a: KnownBits, by: number): KnownBits {
  if (by > 31) return bits(0, 0xffffffff);
  if (operator === '<<') return bits(a.ones << by, (a.zeros << by) | ((1 << by) - 1));
  return bits(a.ones >>> by, ~(~a.zeros >>> by));
}

const BITS: Domain<KnownBits> = {
  constant: (value) => bits(value, ~value),
  binary: (operator, a, b) => {
    switch (operator) {
      case '|':
        return bits(a.ones | b.ones, a.zeros & b.zeros);
      case '&':
        return bits(a.ones & b.ones, a.zeros | b.zeros);
      case '^':
        return bits((a.ones & b.zeros) | (a.zeros & b.ones), (a.ones & b.ones) | (a.zeros & b.zeros));
      case '+':
        return sum(a, b, 0);
      case '-':
        return sum(a, inverted(b), 1);
      case '<<':
      case '>>':
        return (b.ones | b.zeros) >>> 0 === 0xffffffff ? shifted(operator, a, b.ones) : UNKNOWN;
      default:
        return UNKNOWN;
    }
  },
  negated: (a) => sum(bits(0, 0xffffffff), inverted(a), 1),
  inverted,
  swapped: (a) => bits(swapBytes(a.ones), swapBytes(a.zeros)),
  masked: (a, mask) => bits(a.ones & mask, a.zeros | ~mask),
  either: (a, b) => bits(a.ones & b.ones, a.zeros & b.zeros),
  unknown: (name) => (COUNTERS.has(name) ? upTo(LARGEST_LINE) : UNKNOWN),
};

/**
 * The tag as PoolMon will show it, with `?` for each character that is not known before run time; undefined where no
 * character is known.
 */
export function tagPattern(expression: string, lookup: DefinitionLookup): string | undefined {
  const found = evaluateIn(BITS, expression, lookup);
  if (!found) return undefined;
  const { ones, zeros } = found.value;
  let pattern = '';
  for (let shift = 0; shift < 32; shift += 8) {
    const known = (((ones | zeros) >>> shift) & 0xff) === 0xff;
    const byte = (ones >>> shift) & 0xff;
    pattern += known && byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '?';
  }
  return /^\?*$/.test(pattern) ? undefined : pattern;
}
