import { EXPORT_FORMATS, type ExportFormat, logWriter } from '../pool/log/exports.ts';
import { LogReader } from '../pool/log/logReader.ts';
import { LogError, type LogTable } from '../pool/log/table.ts';
import { readLines } from './textFile.ts';
import { UsageError } from './usage.ts';

export function exportFormat(text: string | undefined): ExportFormat {
  const format = EXPORT_FORMATS.find((each) => each === text);
  if (format) return format;
  throw new UsageError(`--to ${text ?? ''}: expected one of ${EXPORT_FORMATS.join(', ')}.`);
}

/**
 * Reads a text log and hands over its tables one by one; waits where `take` answers a promise. Throws {@link UsageError}
 * naming file, line and reason where it is no log of pool tags.
 */
export async function readLog(
  file: string,
  take: (table: LogTable) => Promise<void> | undefined,
  warn: (message: string) => void,
): Promise<void> {
  let waits: Promise<void> | undefined;
  const reader = new LogReader({
    table: (table) => {
      waits = take(table);
    },
    warning: (message) => warn(`${file}: ${message}`),
  });
  try {
    const { cut } = await readLines(file, (text) => {
      waits = undefined;
      reader.line(text);
      return waits;
    });
    waits = undefined;
    reader.end(cut);
    if (waits) await waits;
  } catch (error) {
    throw error instanceof LogError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

/** Converts a text log; `print` settles once what it was given is on its way, so that memory is bound. */
export async function convert(
  file: string,
  format: ExportFormat,
  print: (text: string) => Promise<void>,
  warn: (message: string) => void,
): Promise<void> {
  const writer = logWriter(format);
  let begun = false;
  const put = (text: string) => {
    const whole = begun ? text : writer.begin() + text;
    begun = true;
    return print(whole);
  };
  await readLog(file, (table) => put(writer.table(table)), warn);
  await put(writer.end());
}
