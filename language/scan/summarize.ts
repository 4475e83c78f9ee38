/**
 * From the text of a file to its summary. One pass of the lexer; files that hold no routine's name and nothing that looks
 * like a constant are searched for directives only.
 */
import { callOffsets, mayAssignTag } from './candidates.ts';
import { CodeBuffer, type SourceText } from './characters.ts';
import type { FileSummary } from './fileSummary.ts';
import { type FirstLook, lookAtCharacters } from './firstLook.ts';
import type { WantedNames } from './poolCalls.ts';
import { Scanner } from './scanner.ts';

const fileText = new CodeBuffer();

export interface SummaryOptions {
  /** What {@link lookAtCharacters} found in the text, where that is known. */
  readonly look?: FirstLook;
  /** Names whose calls and definitions the summary shall hold. */
  readonly wanted?: WantedNames;
  /** Offsets of those wanted names in the text that have no hint. */
  readonly unhintedOffsets?: readonly number[];
}

/** Asks for no names. */
export const NOTHING_WANTED: WantedNames = { has: () => false };

function holdsAny(words: ReadonlySet<string>, wanted: WantedNames): boolean {
  for (const word of words) if (wanted.has(word)) return true;
  return false;
}

/** Summarises one file's text. Never throws; time is linear in the length of the text. */
export function summarize(
  given: string | SourceText,
  { look, wanted = NOTHING_WANTED, unhintedOffsets = [] }: SummaryOptions = {},
): FileSummary {
  const source = typeof given === 'string' ? fileText.fill(given) : given;
  const { text } = source;
  const { hinted, mayHoldConstants } = look ?? lookAtCharacters(source, text.length);
  const isCandidate = hinted.poolNames || unhintedOffsets.length > 0 || holdsAny(hinted.words, wanted);
  const isRead = isCandidate || (mayHoldConstants && mayAssignTag(text));
  const candidates = isRead ? [...callOffsets(text, hinted, wanted), ...unhintedOffsets] : [];
  if (unhintedOffsets.length > 0) candidates.sort((a, b) => a - b);
  const scanner = new Scanner(source, candidates, wanted);
  if (isCandidate || mayHoldConstants) scanner.scanAll();
  else scanner.scanDirectives();
  return scanner.summary();
}
