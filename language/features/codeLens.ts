/** CodeLens over each allocation site: its tag, how many sites share it, and live figures while the monitor runs. */
import type { CodeLens } from 'vscode-languageserver';
import { CLIENT_COMMANDS } from '../protocol.ts';
import { figuresText } from '../tag/figuresText.ts';
import { type PoolTag, tagLabel } from '../tag/poolTag.ts';
import type { LanguageView } from './view.ts';

function title(view: LanguageView, tag: PoolTag, position: number, total: number): string {
  const figures = view.figures.get(tag);
  const share = total === 1 ? '1 site' : `${position} of ${total} sites`;
  return [tagLabel(tag).trimEnd(), ...(figures ? [figuresText(figures)] : []), share].join(' · ');
}

/** The lenses of one file, two on a site whose tag is shared. */
export function codeLenses(view: LanguageView, path: string): CodeLens[] {
  const lenses: CodeLens[] = [];
  for (const indexed of view.index.sitesIn(path)) {
    const { site } = indexed;
    const shared = view.index.sitesOf(site.tag);
    const { range } = site;
    lenses.push({
      range,
      command: {
        title: title(view, site.tag, shared.indexOf(indexed) + 1, shared.length),
        command: CLIENT_COMMANDS.showSites,
        arguments: [site.tag],
      },
    });
    if (shared.length > 1) {
      lenses.push({
        range,
        command: {
          title: 'Assign unique tag',
          command: CLIENT_COMMANDS.assignSite,
          arguments: [site.uri, site.range.start],
        },
      });
    }
  }
  return lenses;
}

/** Equal texts for equal lenses: tells whether a refresh would change what is on screen. */
export function lensFingerprint(view: LanguageView, paths: Iterable<string>): string {
  const lines: string[] = [];
  for (const path of paths)
    for (const { range, command } of codeLenses(view, path))
      lines.push(`${path}:${range.start.line}:${command?.title}`);
  return lines.join('\n');
}
