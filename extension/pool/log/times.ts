/**
 * Dates and times as they stand between the tables of a log: from `date /t`, `time /t`, `echo %date% %time%`, PowerShell and
 * hand. A time without a zone is taken as UTC, so that a log means the same on every machine.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ISO = /(\d{4})[-/\\.](\d{1,2})[-/\\.](\d{1,2})/;
const SLASHED = /(?<!\d)(\d{1,2})\/(\d{1,2})\/(\d{4})/;
const DOTTED = /(?<!\d)(\d{1,2})[.-](\d{1,2})[.-](\d{4})/;
/** `July 24, 2019`, `Jul 24 12:21:57 2019`, `24 July 2019`. */
const MONTH_FIRST = /\b([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:,)?(?: [\d:.,]+)? (\d{4})\b/;
const DAY_FIRST = /\b(\d{1,2})\.? ([A-Za-z]{3})[a-z]*\.? (\d{4})\b/;
const CLOCK = /(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,7}))?)?(?:\s*([AaPp])\.?[Mm]\b)?/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/;

/** What a line tells of a moment: a day, a time of the day, or both; milliseconds. */
export interface LineTime {
  readonly day: number | undefined;
  readonly clock: number | undefined;
}

function dayOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1980) return undefined;
  return Date.UTC(year, month - 1, day);
}

function dayIn(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const slashed = SLASHED.exec(text);
  if (slashed) {
    // Month first as in the United States, unless it can only be a day.
    const [first, second, year] = slashed.slice(1).map(Number);
    return first > 12 ? dayOf(year, second, first) : dayOf(year, first, second);
  }
  const dotted = DOTTED.exec(text);
  if (dotted) return dayOf(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]));
  const named = MONTH_FIRST.exec(text);
  if (named) return dayOf(Number(named[3]), MONTHS.indexOf(named[1].toLowerCase()) + 1, Number(named[2]));
  const reversed = DAY_FIRST.exec(text);
  if (reversed) return dayOf(Number(reversed[3]), MONTHS.indexOf(reversed[2].toLowerCase()) + 1, Number(reversed[1]));
  return undefined;
}

function clockIn(text: string): number | undefined {
  const found = CLOCK.exec(text);
  if (!found) return undefined;
  let hours = Number(found[1]);
  const [minutes, seconds] = [Number(found[2]), Number(found[3] ?? 0)];
  if (found[5]) hours = (hours % 12) + (found[5].toLowerCase() === 'p' ? 12 : 0);
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const fraction = found[4] ? Math.round(Number(`0.${found[4]}`) * 1000) : 0;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction;
}

/** The moment that an ISO 8601 text names, milliseconds since 1970; undefined for any other text. */
export function parseIsoTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?([Zz]|[+-]\d{2}(:?\d{2})?)?)?$/.test(text))
    return undefined;
  const zoned = ZONE.test(text.toUpperCase()) || !text.includes(':') ? text : `${text}Z`;
  const time = Date.parse(zoned.replace(' ', 'T').replace(',', '.'));
  return Number.isNaN(time) ? undefined : time;
}

/** What a line that is no part of a table tells of a moment; undefined for a line that tells none. */
export function timeInLine(text: string): LineTime | undefined {
  const exact = parseIsoTime(text.trim());
  if (exact !== undefined) return { day: exact, clock: 0 };
  // A line of prose is no date.
  if (text.length > 80) return undefined;
  const day = dayIn(text);
  const clock = clockIn(day === undefined ? text : text.replace(ISO, ' ').replace(DOTTED, ' '));
  return day === undefined && clock === undefined ? undefined : { day, clock };
}
