import * as vscode from 'vscode';
import { CLIENT_COMMANDS, type SourcePlace } from '../../language/protocol.ts';
import type { PoolTag } from '../../language/tag/poolTag.ts';
import type { Monitor } from '../monitor.ts';
import type { SiteDirectory } from '../siteDirectory.ts';
import { type TagTreeInput, TagTreeModel, type TagTreeNode } from '../tagTreeModel.ts';

const TAG_TREE_VIEW = 'poolLens.tags';
const OPEN_PLACE = 'poolLens.tree.open';
/** Changes of the sources show soon, those of figures calmly, milliseconds. */
const SOURCES_MS = 250;
const FIGURES_MS = 2_000;

const ICONS = {
  driver: new vscode.ThemeIcon('circuit-board'),
  tag: new vscode.ThemeIcon('tag'),
  growing: new vscode.ThemeIcon('arrow-up', new vscode.ThemeColor('list.warningForeground')),
  site: new vscode.ThemeIcon('symbol-method'),
  pattern: new vscode.ThemeIcon('question'),
  possible: new vscode.ThemeIcon('symbol-method'),
  free: new vscode.ThemeIcon('trash'),
} as const;

/** What the menus of a row depend on. */
function contextOf(node: TagTreeNode): string {
  if (node.kind === 'tag' && node.sites > 1) return 'tag.shared';
  if (node.kind === 'driver' && node.sharing !== null) return 'driver.shared';
  return node.kind;
}

/** The tree "Pool Tags" in a side bar of its own. Its elements are the ids of the model's nodes. */
export class TagTreeView implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly model = new TagTreeModel();
  private readonly changes = new vscode.EventEmitter<readonly string[] | undefined>();
  private readonly view: vscode.TreeView<string>;
  private readonly ends: vscode.Disposable[];
  private readonly monitor: Monitor;
  private readonly directory: SiteDirectory;
  private timer: NodeJS.Timeout | undefined;
  private offered = false;
  private refreshedAt = Number.NEGATIVE_INFINITY;
  readonly onDidChangeTreeData = this.changes.event as vscode.Event<string[] | undefined>;

  constructor(monitor: Monitor, directory: SiteDirectory, open: (place: SourcePlace) => Promise<void>) {
    this.monitor = monitor;
    this.directory = directory;
    this.view = vscode.window.createTreeView(TAG_TREE_VIEW, { treeDataProvider: this, showCollapseAll: true });
    const commands: Record<string, (node: TagTreeNode) => unknown> = {
      [OPEN_PLACE]: (node) => ('place' in node ? open(node.place) : undefined),
      'poolLens.tree.assignSite': (node) =>
        'place' in node && this.run(CLIENT_COMMANDS.assignSite, node.place.uri, node.place.range.start),
      'poolLens.tree.assignTag': (node) => 'tag' in node && this.run(CLIENT_COMMANDS.assignTag, node.tag),
      'poolLens.tree.assignProject': (node) =>
        node.kind === 'driver' && this.run('poolLens.assignProject', node.sharing ?? undefined),
      'poolLens.tree.restore': (node) =>
        'place' in node
          ? this.run('poolLens.restoreSite', node.place.uri, node.place.range.start)
          : 'tag' in node && this.run(CLIENT_COMMANDS.restore, node.tag),
      'poolLens.tree.renameTag': (node) => 'tag' in node && this.run('poolLens.renameTag', node.tag),
      'poolLens.tree.reveal': (node) => 'tag' in node && this.run('poolLens.revealTag', node.tag),
      'poolLens.tree.copy': (node) => vscode.env.clipboard.writeText(node.label),
    };
    this.ends = [
      this.view,
      this.changes,
      new vscode.Disposable(
        directory.changed.on(() => {
          this.offer();
          this.schedule(SOURCES_MS);
        }),
      ),
      new vscode.Disposable(monitor.sampled.on(() => this.schedule(FIGURES_MS))),
      new vscode.Disposable(monitor.stateChanged.on(() => this.schedule(FIGURES_MS))),
      this.view.onDidChangeVisibility(({ visible }) => visible && this.refresh()),
      vscode.commands.registerCommand('poolLens.showTags', () => this.run(`${TAG_TREE_VIEW}.focus`)),
      ...Object.entries(commands).map(([command, act]) =>
        vscode.commands.registerCommand(command, (id: string) => {
          const node = this.model.node(id);
          return node && act(node);
        }),
      ),
    ];
  }

  getChildren(id?: string): string[] {
    return [...(id === undefined ? this.model.roots : (this.model.node(id)?.children ?? []))];
  }

  getParent(id: string): string | undefined {
    return this.model.node(id)?.parent;
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.model.node(id);
    // Gone since VS Code asked for the children; the refresh on its way takes the row away.
    if (!node) return new vscode.TreeItem('');
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    const opened = node.kind === 'driver' && this.model.roots.length === 1 ? Expanded : Collapsed;
    const item = new vscode.TreeItem(node.label, node.children.length > 0 ? opened : None);
    item.id = id;
    item.description = node.description;
    item.iconPath = ICONS[node.kind === 'tag' && node.growing ? 'growing' : node.kind];
    item.contextValue = contextOf(node);
    item.tooltip = `${node.label}\n${node.description}${'place' in node ? `\n${node.place.lineText}` : ''}`;
    item.accessibilityInformation = {
      label: `${node.kind === 'tag' && node.growing ? 'growing ' : ''}${node.kind} ${node.label}, ${node.description}`,
    };
    if ('place' in node) item.command = { command: OPEN_PLACE, title: 'Go to the Source', arguments: [id] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const end of this.ends) end.dispose();
  }

  private run(command: string, ...args: unknown[]): Thenable<unknown> {
    return vscode.commands.executeCommand(command, ...args);
  }

  /** Refreshes `everyMs` after the last time at the earliest; nothing while the tree cannot be seen. */
  private schedule(everyMs: number): void {
    if (this.timer || !this.view.visible) return;
    const wait = Math.max(SOURCES_MS, this.refreshedAt + everyMs - performance.now());
    this.timer = setTimeout(() => this.refresh(), wait);
  }

  private refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.refreshedAt = performance.now();
    const change = this.model.update(this.input());
    if (change === 'shape') this.changes.fire(undefined);
    else if (change.length > 0) this.changes.fire(change);
    const growing = this.growingTags();
    this.view.badge = growing > 0 ? { value: growing, tooltip: `${growing} growing` } : undefined;
  }

  private growingTags(): number {
    const tags = this.model.roots.flatMap((driver) => this.model.node(driver)?.children ?? []);
    return tags.filter((id) => {
      const node = this.model.node(id);
      return node?.kind === 'tag' && node.growing;
    }).length;
  }

  /** The view exists only where there is something to show. */
  private offer(): void {
    const { sites, frees, unresolved } = this.directory;
    const hasTags =
      sites.length > 0 || frees.some(({ tag }) => tag !== null) || unresolved.some((u) => u.pattern || u.values);
    if (hasTags === this.offered) return;
    this.offered = hasTags;
    void this.run('setContext', 'poolLens.hasTags', hasTags);
  }

  private input(): TagTreeInput {
    const { monitor, directory } = this;
    return {
      sites: directory.sites,
      frees: directory.frees,
      unresolved: directory.unresolved,
      driverOf: ({ uri, project }) => project?.name ?? (directory.folderOf(uri) || 'Other files'),
      fileName: (uri) => directory.fileName(uri),
      figuresOf: (tag: PoolTag) => (monitor.running ? monitor.store.totals(tag) : undefined),
    };
  }
}
