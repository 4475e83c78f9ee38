/**
 * The tree "Pool tags" without VS Code: driver, tag, sites and frees. Nodes are named by ids that stay the same while lines
 * move, so that a view keeps what is open and selected.
 */
import type { AllocationSite, FreeSite, SourcePlace, UnresolvedSite } from '../language/protocol.ts';
import { figuresText } from '../language/tag/figuresText.ts';
import { type PoolTag, tagLabel } from '../language/tag/poolTag.ts';

/** What a tag does in the watched pool. */
export interface TreeFigures {
  readonly outstanding: number;
  readonly bytes: number;
  /** NaN while it was not watched long enough. */
  readonly objectsPerMinute: number;
  readonly growing: boolean;
  /** Objects that stay after each cycle of the test; NaN or absent where no cycle was judged. */
  readonly objectsPerCycle?: number;
}

interface TreeNodeBase {
  readonly id: string;
  readonly parent: string | undefined;
  readonly label: string;
  readonly description: string;
  readonly children: readonly string[];
}

export interface DriverNode extends TreeNodeBase {
  readonly kind: 'driver';
  /** URI of the project file, where one project has sites that share tags; null for others. */
  readonly sharing: string | null;
}

export interface TagNode extends TreeNodeBase {
  readonly kind: 'tag';
  readonly tag: PoolTag;
  /** Allocation sites in the whole workspace. */
  readonly sites: number;
  readonly growing: boolean;
}

export interface PlaceNode extends TreeNodeBase {
  readonly kind: 'site' | 'free';
  readonly tag: PoolTag;
  readonly place: SourcePlace;
}

/** Sites whose tag is partly known, or one of several. */
export interface PatternNode extends TreeNodeBase {
  readonly kind: 'pattern';
}

/** A site under a {@link PatternNode}. */
export interface PossibleNode extends TreeNodeBase {
  readonly kind: 'possible';
  readonly place: SourcePlace;
}

export type TagTreeNode = PatternNode | PossibleNode | DriverNode | TagNode | PlaceNode;

export interface TagTreeInput {
  readonly sites: readonly AllocationSite[];
  readonly frees: readonly FreeSite[];
  readonly unresolved: readonly UnresolvedSite[];
  /** The driver that a place belongs to. */
  driverOf(place: SourcePlace): string;
  /** The file as people know it. */
  fileName(uri: string): string;
  /** Undefined for a tag that is not in the pool, and while nothing is watched. */
  figuresOf(tag: PoolTag): TreeFigures | undefined;
}

/** What changed between two states: the whole shape, or some nodes' texts. */
export type TreeChange = 'shape' | readonly string[];

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export class TagTreeModel {
  #nodes: ReadonlyMap<string, TagTreeNode> = new Map();
  #roots: readonly string[] = [];

  get roots(): readonly string[] {
    return this.#roots;
  }

  node(id: string): TagTreeNode | undefined {
    return this.#nodes.get(id);
  }

  /** Takes a new state and tells what of it is new. */
  update(input: TagTreeInput): TreeChange {
    const before = { nodes: this.#nodes, roots: this.#roots };
    const builder = new TreeBuilder(input);
    this.#roots = builder.build();
    this.#nodes = builder.nodes;
    if (this.#roots.join('\n') !== before.roots.join('\n') || this.#nodes.size !== before.nodes.size) return 'shape';
    const changed: string[] = [];
    for (const [id, node] of this.#nodes) {
      const old = before.nodes.get(id);
      if (!old || old.children.join('\n') !== node.children.join('\n')) return 'shape';
      if (!looksSame(old, node)) changed.push(id);
    }
    return changed;
  }
}

function looksSame(a: TagTreeNode, b: TagTreeNode): boolean {
  if (a.label !== b.label || a.description !== b.description) return false;
  if (a.kind === 'tag' && b.kind === 'tag') return a.growing === b.growing && a.sites === b.sites;
  if (a.kind === 'driver' && b.kind === 'driver') return a.sharing === b.sharing;
  return true;
}

/** Gains in a cycle are told where there are some. */
function inCycles({ objectsPerCycle, ...figures }: TreeFigures) {
  return figures.growing && objectsPerCycle !== undefined && objectsPerCycle > 0
    ? { ...figures, objectsPerCycle }
    : figures;
}

/** What stands for a tag that is not known in full: `???S`, or `One , Two ` for one of several. */
function patternOf({ pattern, values = [] }: UnresolvedSite): string {
  return pattern?.trimEnd() ?? values.map((tag) => tagLabel(tag).trimEnd()).join(', ');
}

class TreeBuilder {
  readonly nodes = new Map<string, TagTreeNode>();
  readonly #input: TagTreeInput;
  readonly #sitesOfTag: ReadonlyMap<PoolTag, readonly AllocationSite[]>;

  constructor(input: TagTreeInput) {
    this.#input = input;
    this.#sitesOfTag = Map.groupBy(input.sites, ({ tag }) => tag);
  }

  /** Ids of the drivers, those with growing tags first, then by name. */
  build(): string[] {
    const { sites, frees, unresolved, driverOf } = this.#input;
    const tagged = frees.filter((free): free is FreeSite & { tag: PoolTag } => free.tag !== null);
    const sitesByDriver = Map.groupBy(sites, driverOf);
    const freesByDriver = Map.groupBy(tagged, driverOf);
    const possible = unresolved.filter(({ pattern, values }) => pattern !== undefined || values !== undefined);
    const possibleByDriver = Map.groupBy(possible, driverOf);
    const drivers = [...new Set([...sitesByDriver.keys(), ...freesByDriver.keys(), ...possibleByDriver.keys()])].map(
      (driver) =>
        this.#driver(
          driver,
          sitesByDriver.get(driver) ?? [],
          freesByDriver.get(driver) ?? [],
          possibleByDriver.get(driver) ?? [],
        ),
    );
    return drivers
      .sort((a, b) => Number(b.growing) - Number(a.growing) || byText(a.node.label, b.node.label))
      .map(({ node }) => node.id);
  }

  #driver(
    driver: string,
    sites: readonly AllocationSite[],
    frees: readonly (FreeSite & { tag: PoolTag })[],
    possible: readonly UnresolvedSite[],
  ): { node: DriverNode; growing: boolean } {
    const sitesByTag = Map.groupBy(sites, ({ tag }) => tag);
    const freesByTag = Map.groupBy(frees, ({ tag }) => tag);
    const tags = [...new Set([...sitesByTag.keys(), ...freesByTag.keys()])]
      .map((tag) => this.#tag(driver, tag, sitesByTag.get(tag) ?? [], freesByTag.get(tag) ?? []))
      .sort((a, b) => Number(b.growing) - Number(a.growing) || byText(a.label, b.label));
    const growing = tags.filter((tag) => tag.growing).length;
    const patterns = [...Map.groupBy(possible, patternOf)].sort(([a], [b]) => byText(a, b));
    const description = [
      counted(tags.length + patterns.length, 'tag'),
      counted(sites.length + possible.length, 'site'),
    ];
    if (growing > 0) description.push(`${growing} ${growing === 1 ? 'grows' : 'grow'}`);
    const [project, ...others] = new Set(sites.map((site) => site.project?.uri));
    const shares = tags.some((tag) => tag.sites > 1);
    const node = this.#add({
      kind: 'driver',
      sharing: shares && others.length === 0 ? (project ?? null) : null,
      id: driver,
      parent: undefined,
      label: driver,
      description: description.join(' · '),
      children: [
        ...tags.map(({ id }) => id),
        ...patterns.map(([label, places]) => this.#pattern(driver, label, places)),
      ],
    });
    return { node, growing: growing > 0 };
  }

  #tag(driver: string, tag: PoolTag, sites: readonly AllocationSite[], frees: readonly FreeSite[]): TagNode {
    const id = `${driver}\t${tag}`;
    const figures = this.#input.figuresOf(tag);
    const description = [counted(sites.length, 'site')];
    if (frees.length > 0) description.push(counted(frees.length, 'free'));
    if (figures) description.unshift(figuresText(inCycles(figures)));
    return this.#add({
      kind: 'tag',
      id,
      parent: driver,
      label: tagLabel(tag).trimEnd(),
      description: description.join(' · '),
      children: [
        ...this.#places(id, 'site', sites, (node) => ({ ...node, kind: 'site', tag })),
        ...this.#places(id, 'free', frees, (node) => ({ ...node, kind: 'free', tag })),
      ],
      tag,
      sites: this.#sitesOfTag.get(tag)?.length ?? 0,
      growing: figures?.growing === true,
    });
  }

  #pattern(driver: string, label: string, places: readonly UnresolvedSite[]): string {
    const id = `${driver}\t? ${label}`;
    const isOneOf = places[0].pattern === undefined;
    return this.#add({
      kind: 'pattern',
      id,
      parent: driver,
      label,
      description: `${counted(places.length, 'site')} · ${isOneOf ? 'as assigned' : 'known in part'}`,
      children: this.#places(id, 'possible', places, (node) => ({ ...node, kind: 'possible' })),
    }).id;
  }

  /** Places are told apart by file, function and count, not by line. */
  #places(
    parent: string,
    kind: string,
    places: readonly SourcePlace[],
    asNode: (node: TreeNodeBase & { readonly place: SourcePlace }) => PlaceNode | PossibleNode,
  ): string[] {
    const counts = new Map<string, number>();
    return places.map((place) => {
      const name = `${parent}\t${kind} ${place.uri} ${place.function}`;
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      const node = asNode({
        id: `${name} ${count}`,
        parent,
        label: place.function || '(file level)',
        description: `${this.#input.fileName(place.uri)}:${place.range.start.line + 1} · ${place.routine}`,
        children: [],
        place,
      });
      return this.#add(node).id;
    });
  }

  #add<Node extends TagTreeNode>(node: Node): Node {
    this.nodes.set(node.id, node);
    return node;
  }
}
