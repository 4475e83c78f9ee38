/** What a row's past comes to, before words are made of it. */
export interface Judgement {
  readonly kind: 'leak' | 'growing' | 'load' | 'cache' | 'steady' | 'unknown';
  /** Which sentence tells it. */
  readonly reason: Reason;
  /** Objects and bytes that stayed, and in what time. */
  readonly objects: number;
  readonly bytes: number;
  readonly overMs: number;
  /** Cycles looked at; 0 without phases. */
  readonly cycles: number;
  /** Objects that the later cycles kept, one a cycle: least, and in the middle. */
  readonly leastPerCycle: number;
  readonly perCycle: number;
  /** Operations of these cycles in all; 0 for unknown. */
  readonly operations: number;
  /** Time waited after the cycles, milliseconds in all. */
  readonly waitedMs: number;
  /** Most objects above where it came back to. */
  readonly swing: number;
  /** Share of the watched time for which it must have been seen before a live row is shown so; 0 for at once. */
  readonly holdShare: number;
}

export type Reason =
  /** Not enough samples, time or cycles. */
  | 'short'
  | 'rests'
  /** It stays above the level before, and did so in each cycle. */
  | 'adds up'
  /** What a cache is emptied to rises, from one time to the next. */
  | 'adds up under a cache'
  /** The same, but there were not enough cycles, or no wait, to tell it from a cache. */
  | 'too few cycles'
  /** It rises through the whole watched time; `so far` where that must hold for a while to be told from chance. */
  | 'rises'
  | 'rises so far'
  /** It rises with the number of allocations in the same time. */
  | 'rises with load'
  /** It comes back to where it was. */
  | 'given back'
  /** What was kept came with the first cycles, or gets less from cycle to cycle. */
  | 'flattened'
  /** It falls from time to time. */
  | 'dropped'
  /** It is still being given back. */
  | 'falling';

export const NOTHING_SEEN: Judgement = {
  kind: 'unknown',
  reason: 'short',
  objects: 0,
  bytes: 0,
  overMs: 0,
  cycles: 0,
  leastPerCycle: 0,
  perCycle: 0,
  operations: 0,
  waitedMs: 0,
  swing: 0,
  holdShare: 0,
};
