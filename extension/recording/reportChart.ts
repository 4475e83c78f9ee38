import { formatCount } from '../../language/tag/figuresText.ts';
import { clockText } from './compareRecordings.ts';
import { escapeText } from './markup.ts';
import type { Report, ReportRow } from './reportModel.ts';

const WIDTH = 720;
const HEIGHT = 200;
/** Room for the scale on the left, the phases above and the clock below. */
const LEFT = 72;
const TOP = 24;
const BOTTOM = 24;
const RIGHT = 12;

const PHASE_FILLS: Readonly<Record<string, string>> = {
  settle: '#e8e8e8',
  baseline: '#dceaf7',
  test: '#fbe3cf',
  wait: '#e2f0dc',
};

/** Outstanding objects of a row over the whole time, phases as bands: an SVG that needs nothing from outside. */
export function chartSvg(report: Report, row: ReportRow): string {
  const { times, past } = row;
  const values = past ? [...past.objects].filter((value) => !Number.isNaN(value)) : [];
  const low = Math.min(0, ...values);
  const high = Math.max(1, ...values);
  const end = Math.max(1, report.lengthMs);
  const x = (ms: number) => round(LEFT + (ms / end) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM));
  const title = escapeText(`Outstanding objects of '${row.tag}' (${row.type})`);
  const bands = report.phases.map(({ name, kind, fromMs, toMs }) => {
    const width = round(x(toMs) - x(fromMs));
    const label = width < 40 ? '' : `<text x="${x(fromMs) + 3}" y="${TOP - 8}">${escapeText(name)}</text>`;
    const fill = PHASE_FILLS[kind] ?? PHASE_FILLS.settle;
    return `<rect x="${x(fromMs)}" y="${TOP}" width="${width}" height="${HEIGHT - TOP - BOTTOM}" fill="${fill}"/>${label}`;
  });
  const scale = [low, high].map(
    (value) => `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${formatCount(value)}</text>`,
  );
  const clock = [
    `<text x="${LEFT}" y="${HEIGHT - 6}">0:00:00</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${clockText(end)}</text>`,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...bands,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#999"/>`,
    `<path d="${past ? linePath(times, past.objects, x, y) : ''}" fill="none" stroke="#b3261e" stroke-width="1.5"/>`,
    ...scale,
    ...clock,
    '</svg>',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Stands until it changes: outstanding objects are whole. Broken where nothing is known. */
function linePath(
  times: Float64Array,
  values: Float64Array,
  x: (ms: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let last = Number.NaN;
  for (let i = 0; i < times.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      last = value;
      continue;
    }
    path += Number.isNaN(last) ? `M${x(times[i])} ${y(value)}` : `L${x(times[i])} ${y(value)}`;
    last = value;
  }
  return path;
}
