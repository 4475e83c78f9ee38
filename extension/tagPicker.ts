import * as vscode from 'vscode';
import { type PoolTag, tagLabel } from '../language/tag/poolTag.ts';
import type { SiteDirectory } from './siteDirectory.ts';

/** Lets the user choose a tag of the workspace that at least `fewest` sites use. */
export async function pickTag(directory: SiteDirectory, title: string, fewest: number): Promise<PoolTag | undefined> {
  const items = directory
    .tagsWithSites()
    .map((tag) => ({ label: tagLabel(tag), tag, sites: directory.sitesOf(tag) }))
    .filter(({ sites }) => sites.length >= fewest)
    .sort((a, b) => b.sites.length - a.sites.length || a.label.localeCompare(b.label))
    .map((item) => ({
      ...item,
      description: `${item.sites.length} ${item.sites.length === 1 ? 'site' : 'sites'}`,
      detail: [...new Set(item.sites.map((site) => site.function || '(file level)'))].join(', '),
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      fewest > 1
        ? 'No pool tag of this workspace is shared by several allocation sites.'
        : 'No tagged pool allocation was found in this workspace.',
    );
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.tag;
}
