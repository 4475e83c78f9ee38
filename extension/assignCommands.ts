import * as vscode from 'vscode';
import { type AssignParams, type AssignResult, CLIENT_COMMANDS } from '../language/protocol.ts';
import { type PoolTag, tagLabel } from '../language/tag/poolTag.ts';
import { counted } from './counted.ts';
import type { DriverLanguageClient } from './languageClient.ts';
import { applyWithPreview } from './preview.ts';
import { siteArguments } from './siteArguments.ts';
import type { SiteDirectory } from './siteDirectory.ts';
import { pickTag } from './tagPicker.ts';

export interface AssignCommandContext {
  readonly client: DriverLanguageClient;
  readonly directory: SiteDirectory;
}

/** An assignment that may be chosen. */
interface Proposal {
  readonly result: AssignResult;
  readonly edit: vscode.WorkspaceEdit | undefined;
}

/** Sites whose new tag no other site has. */
function uniqueSites({ assigned }: AssignResult): number {
  return [...Map.groupBy(assigned, ({ newTag }) => newTag).values()].filter((sites) => sites.length === 1).length;
}

function outcome(result: AssignResult): string {
  const sites = counted(result.assigned.length, 'site', 'sites');
  const refused = result.refused.length > 0 ? `, ${result.refused.length} refused` : '';
  return `${sites} with new tags, ${uniqueSites(result)} of them unique${refused}`;
}

interface ProposalItem extends vscode.QuickPickItem {
  readonly proposal: Proposal;
}

/**
 * The ways to go on, the careful one first: several where one free serves several sites, or frees are not known, and another
 * way gives more sites a tag of their own. There is always one.
 */
async function proposals(client: DriverLanguageClient, params: AssignParams): Promise<ProposalItem[]> {
  const together = await client.assign(params);
  const items: ProposalItem[] = [
    {
      label: 'Sites with a common free stay together',
      description: outcome(together.result),
      detail: 'Every free keeps a tag, which the kernel checks.',
      proposal: together,
    },
  ];
  const isWhole = uniqueSites(together.result) === together.result.assigned.length;
  if (isWhole && together.result.refused.length === 0) return items;
  const untagged = await client.assign({ ...params, frees: 'untag' });
  const mayUntag = uniqueSites(untagged.result) > uniqueSites(together.result);
  if (mayUntag) {
    const frees = untagged.result.frees.filter(({ action }) => action === 'untagged').length;
    items.push({
      label: `Take the tag out of ${counted(frees, 'common free', 'common frees')}`,
      description: outcome(untagged.result),
      detail: 'ExFreePoolWithTag becomes ExFreePool there: the kernel no longer checks the tag.',
      proposal: untagged,
    });
  }
  const careful = mayUntag ? untagged : together;
  if (careful.result.refused.length === 0) return items;
  const insistent = await client.assign({ ...params, frees: mayUntag ? 'untag' : 'together', insist: true });
  const more = insistent.result.assigned.length - careful.result.assigned.length;
  if (more > 0)
    items.push({
      label: `Insist: also ${counted(more, 'site whose frees are', 'sites whose frees are')} not known`,
      description: outcome(insistent.result),
      detail: 'Find their frees yourself before you run the driver: a wrong tag at a free stops the system.',
      proposal: insistent,
    });
  return items;
}

/** Asks for unique tags and shows the edit; says what was refused and which frees stay as they are. */
async function assign({ client }: AssignCommandContext, params: AssignParams): Promise<void> {
  const items = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Following the frees' },
    () => proposals(client, params),
  );
  const title = 'Some frees serve several sites, or are not known';
  const picked = items.length > 1 ? await vscode.window.showQuickPick(items, { title }) : items[0];
  if (!picked) return;
  const { result, edit } = picked.proposal;
  if (!edit || result.assigned.length === 0) {
    const reason = result.refused[0]?.reason ?? 'There is no allocation site here.';
    void vscode.window.showWarningMessage(`No unique tag was assigned. ${reason}`);
    return;
  }
  if (!(await applyWithPreview(edit))) {
    void vscode.window.showWarningMessage(
      'The new tags were not applied: a file changed meanwhile or is read-only, or the preview was discarded.',
    );
    return;
  }
  if (result.plan !== undefined) await client.noteApplied(result.plan);
  void vscode.window.showInformationMessage(applied(result));
}

/** Tags that a message names one by one. */
const MOST_NAMED = 6;

/** What was done, and what was not, in a few sentences. */
function applied(result: AssignResult): string {
  const { assigned, refused, leftFrees } = result;
  const unique = uniqueSites(result);
  const sites =
    unique === assigned.length
      ? `${counted(unique, 'allocation site has its', 'allocation sites have their')} own tag now`
      : `${assigned.length} allocation sites have new tags now, ${unique} of them a tag of their own`;
  const tags = [...new Set(assigned.map(({ newTag }) => `'${tagLabel(newTag)}'`))];
  const more = tags.length > MOST_NAMED ? ` and ${tags.length - MOST_NAMED} more` : '';
  const frees =
    leftFrees.length > 0
      ? ` ${counted(leftFrees.length, 'tagged free of the old tag was left alone: check it', 'tagged frees of the old tag were left alone: check them')} before you run the driver.`
      : '';
  const kept = refused.length > 0 ? ` ${refused.length} refused: ${refused[0].reason}` : '';
  return `${sites}: ${tags.slice(0, MOST_NAMED).join(', ')}${more}. Save and rebuild.${frees}${kept}`;
}

/** Lets the user choose a driver with shared tags; undefined where he gives up or there is none. */
async function pickProject(directory: SiteDirectory): Promise<AssignParams | undefined> {
  const shared = directory.sites.filter(({ tag }) => directory.sitesOf(tag).length > 1);
  const byProject = Map.groupBy(shared, ({ project }) => project?.uri);
  if (shared.length === 0) {
    void vscode.window.showInformationMessage('No pool tag of this workspace is shared by several allocation sites.');
    return undefined;
  }
  const items = [...byProject].flatMap(([uri, sites]) => {
    if (uri === undefined) return [];
    const params: AssignParams = { scope: 'all', project: uri };
    return [{ label: sites[0].project!.name, description: sharing(sites.length), detail: relative(uri), params }];
  });
  const all: AssignParams = { scope: 'all' };
  if (items.length === 0) return all;
  const whole = { label: 'The whole workspace', description: sharing(shared.length), detail: '', params: all };
  const choices = byProject.size === 1 ? items : [...items, whole];
  if (choices.length === 1) return choices[0].params;
  return (await vscode.window.showQuickPick(choices, { title: 'Assign unique tags to all sites that share one' }))
    ?.params;
}

function sharing(sites: number): string {
  return counted(sites, 'site shares its tag', 'sites share their tags');
}

function relative(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}

/** The commands that give sites tags of their own. */
export function assignCommands(context: AssignCommandContext): Record<string, (...args: unknown[]) => unknown> {
  return {
    'poolLens.assignTagPick': async () => {
      const tag = await pickTag(context.directory, 'Assign unique tags to all sites of a tag', 2);
      if (tag !== undefined) await assign(context, { scope: 'tag', tag });
    },
    'poolLens.assignProject': async (given) => {
      const params: AssignParams | undefined =
        typeof given === 'string' ? { scope: 'all', project: given } : await pickProject(context.directory);
      if (params) await assign(context, params);
    },
    [CLIENT_COMMANDS.assignTag]: (tag) => assign(context, { scope: 'tag', tag: tag as PoolTag }),
    [CLIENT_COMMANDS.assignSite]: (uri, position) => {
      const params = siteArguments(uri, position);
      if (params) return assign(context, params);
      return vscode.window.showInformationMessage('Put the cursor on an allocation site first.');
    },
  };
}
