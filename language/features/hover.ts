/** Hover on a tag: what it looks like in PoolMon, its constant, its other sites, live figures, and what pooltag.txt says. */
import type { Hover, MarkupContent } from 'vscode-languageserver';
import { baseName } from '../index/fileUri.ts';
import type { AllocationSite, SourcePosition, SourceRange, UnresolvedSite } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { figuresText, formatBytes } from '../tag/figuresText.ts';
import { isPlainTag, type PoolTag, tagConstant, tagHex, tagLabel, tagText } from '../tag/poolTag.ts';
import { rangeHolds, tagAt } from './tagAt.ts';
import { tagInTagFile } from './tagFile.ts';
import type { LanguageView } from './view.ts';

const MOST_SITES = 10;

/** Takes the meaning out of characters that Markdown would read. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!<>|~]/g, '\\$&');
}

/** Code that may itself hold backquotes. */
function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function siteLine(site: AllocationSite): string {
  const line = site.range.start.line + 1;
  const where = `[${escaped(baseName(decodeURIComponent(site.uri)))}:${line}](${site.uri}#L${line})`;
  return `- ${where} ${escaped(site.function)}${site.function ? ', ' : ''}${code(site.routine)}`;
}

function sitesSection(sites: readonly AllocationSite[], here: AllocationSite | undefined): string[] {
  const others = sites.filter((s) => s !== here);
  if (others.length === 0)
    return here ? ['The only allocation site of this tag.'] : ['No allocation site uses this tag.'];
  const lines = others.slice(0, MOST_SITES).map(siteLine);
  if (others.length > MOST_SITES) lines.push(`- and ${others.length - MOST_SITES} more`);
  const many = others.length === 1 ? '1 allocation site' : `${others.length} allocation sites`;
  return [`${here ? 'Shared with ' : ''}${many}:`, lines.join('\n')];
}

/** What to type into the kernel debugger: `!poolused` takes the tag as it shows, a blank as `?`; `poolhittag` the constant. */
function debuggerSection(tag: PoolTag, here: AllocationSite | undefined): string {
  const stop = code(`ed nt!poolhittag ${tagConstant(tag)}`);
  if (!isPlainTag(tag)) return `Debugger: ${stop}`;
  const sortedBy = here?.pool === 'paged' ? 4 : 2;
  return `Debugger: ${code(`!poolused ${sortedBy} ${tagText(tag).replaceAll(' ', '?')}`)}, ${stop}`;
}

function describe(view: LanguageView, tag: PoolTag, here: AllocationSite | undefined): MarkupContent {
  const paragraphs = [
    `**Pool tag ${code(tagLabel(tag))}** — constant ${code(tagConstant(tag))}, ${code(tagHex(tag))}${
      here && here.pool !== 'unknown' ? `, ${here.pool} pool` : ''
    }`,
  ];
  paragraphs.push(debuggerSection(tag, here));
  const figures = view.figures.get(tag);
  if (figures) {
    const rate = figures.bytesPerMinute === 0 ? '' : ` (${formatBytes(figures.bytesPerMinute)} a minute)`;
    paragraphs.push(`Now: ${figuresText(figures)}${rate}${figures.growing ? ' — **growing**' : ''}`);
  }
  const sites = view.index.sitesOf(tag).map((s) => s.site);
  paragraphs.push(...sitesSection(sites, here));
  const entry = view.database.lookup(tag);
  if (entry) {
    const isExact = view.database.hasExact(tag);
    const what = [entry.binary, entry.description]
      .filter((part) => part !== '')
      .map(escaped)
      .join(' — ');
    const which = isExact ? '' : ` ${code(entry.pattern.trimEnd())}`;
    const where =
      entry.file === ''
        ? 'Known'
        : `${escaped(baseName(entry.file.replaceAll('\\', '/')))}${which}, line ${entry.line}`;
    paragraphs.push(`${where}: ${what}`);
  }
  return { kind: 'markdown', value: paragraphs.join('\n\n') };
}

/** What the sources tell of a tag that is no constant. */
function describeUnknown({ expression, isZero, pattern, values }: UnresolvedSite): MarkupContent {
  const what = isZero ? 'Pool tag 0' : `Pool tag not known before run time: ${code(expression)}`;
  const paragraphs = [`**${what}**`];
  if (values) paragraphs.push(`May be ${values.map((tag) => code(tagLabel(tag))).join(', ')}.`);
  if (pattern !== undefined) paragraphs.push(`Shows as ${code(pattern)}, where ${code('?')} is any character.`);
  return { kind: 'markdown', value: paragraphs.join('\n\n') };
}

function unknownAt(view: LanguageView, path: string, position: SourcePosition): Hover | null {
  for (const { unresolved, call } of view.index.unresolvedIn(path)) {
    const range = [call.tag?.range, unresolved.range].find((r) => r !== undefined && rangeHolds(r, position));
    if (range) return { contents: describeUnknown(unresolved), range };
  }
  return null;
}

/**
 * The hover at a position: on the tag argument or the routine of a site, on the tag of a free, on the name or value of a macro or
 * constant that is a tag, or on an entry of pooltag.txt; and on a tag that is no constant. `text` is the document's text.
 * Null elsewhere.
 */
export function hover(view: LanguageView, path: string, text: string, position: SourcePosition): Hover | null {
  const found = tagInTagFile(path, text, position) ?? tagAt(view.index, path, new LineTable(text), position);
  if (!found) return unknownAt(view, path, position);
  const range: SourceRange = found.range;
  return { contents: describe(view, found.tag, found.site), range };
}
