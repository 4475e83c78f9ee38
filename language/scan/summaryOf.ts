/** The summary of a file in its language. */
import type { SourceText } from './characters.ts';
import type { FileSummary } from './fileSummary.ts';
import { isRust, summarizeRust } from './rust.ts';
import { NOTHING_WANTED, type SummaryOptions, summarize } from './summarize.ts';

/** Summarises the text of the file at `path`. Never throws; time is linear in the length of the text. */
export function summaryOf(path: string, text: string | SourceText, options: SummaryOptions = {}): FileSummary {
  if (!isRust(path)) return summarize(text, options);
  return summarizeRust(typeof text === 'string' ? text : text.text, options.wanted ?? NOTHING_WANTED);
}
