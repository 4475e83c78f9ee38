/** Gives back the tags that the client asks for: all, those of a folder, of one tag, or of one site. */
import { uriToPath } from '../index/fileUri.ts';
import type { SiteIndex } from '../index/siteIndex.ts';
import type { RestoreParams, RestoreResult } from '../protocol.ts';
import { tagText } from '../tag/poolTag.ts';
import type { Assignments } from './assignments.ts';
import { siteAt } from './rewrite.ts';

/** Plans to restore what `params` names. */
export function restoreScope(assignments: Assignments, index: SiteIndex, params: RestoreParams): RestoreResult {
  switch (params.scope) {
    case 'all':
      return assignments.restore(params);
    case 'folder':
      return assignments.restore({ scope: 'folder', folder: uriToPath(params.uri) ?? '' });
    case 'tag': {
      const isOld = assignments.tags.some(({ oldTag }) => oldTag === params.tag);
      const tag = tagText(params.tag);
      return assignments.restore(isOld ? { scope: 'oldTag', tag } : { scope: 'newTags', tags: [tag] });
    }
    case 'site': {
      const path = uriToPath(params.uri);
      const site = path === undefined ? undefined : siteAt(index, path, params.position);
      const tags = site ? [tagText(site.site.tag)] : [];
      return assignments.restore({ scope: 'newTags', tags });
    }
  }
}
