/** Hints on allocation sites whose tag other sites share: PoolMon cannot tell them apart. */
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { tagLabel } from '../tag/poolTag.ts';
import type { LanguageView } from './view.ts';

export const DIAGNOSTIC_SOURCE = 'Pool Lens';
export const SHARED_TAG = 'shared-tag';
const MOST_RELATED = 10;

/** The diagnostics of one file. */
export function diagnostics({ index }: LanguageView, path: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const indexed of index.sitesIn(path)) {
    const { site } = indexed;
    const sharing = index.sitesOf(site.tag);
    if (sharing.length < 2) continue;
    found.push({
      range: site.tagRange,
      severity: DiagnosticSeverity.Hint,
      source: DIAGNOSTIC_SOURCE,
      code: SHARED_TAG,
      message: `${sharing.length} allocation sites share the pool tag '${tagLabel(site.tag)}': its growth cannot be traced to one of them.`,
      relatedInformation: sharing
        .filter((other) => other !== indexed)
        .slice(0, MOST_RELATED)
        .map(({ site: other }) => ({
          location: { uri: other.uri, range: other.tagRange },
          message: `${other.routine}${other.function ? ` in ${other.function}` : ''}`,
        })),
    });
  }
  return found;
}
