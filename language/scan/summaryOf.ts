/** The summary of a file in its language. */
import type { FileSummary } from './fileSummary.ts';
import { isRust, summarizeRust } from './rust.ts';
import { NOTHING_WANTED, type SummaryOptions, summarize } from './scanner.ts';

/** Summarises the text of the file at `path`. Never throws; time is linear in the length of the text. */
export function summaryOf(path: string, text: string, options: SummaryOptions = {}): FileSummary {
  return isRust(path) ? summarizeRust(text, options.wanted ?? NOTHING_WANTED) : summarize(text, options);
}
