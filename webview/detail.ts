/** The selected row: its verdict with the evidence, its past as a chart, what is known of it, and the lines that allocate. */
import type { PanelSite, TagGroup, TagInfo } from '../extension/protocol.ts';
import { type PoolTag, tagConstant, tagHex, tagLabel } from '../language/tag/poolTag.ts';
import { type ChartEvents, type ChartModel, ChartPane } from './chart/chartPane.ts';
import { element, setShown, setText } from './controls/dom.ts';
import { icon, setIcon } from './controls/icons.ts';
import { iconButton } from './controls/segments.ts';
import { button, relabel, retitle } from './controls/toolkit.ts';
import { debuggerCommands } from './debuggerCommands.ts';
import { counted, percent } from './numbers.ts';
import { verdictIcon } from './verdictIcon.ts';
import type { VerdictFigures } from './verdictWords.ts';
import { verdictMeaning, verdictWords } from './verdictWords.ts';

export interface DetailModel {
  readonly tag: PoolTag;
  readonly paged: boolean;
  /** The tag grows in any pool and has sites here. */
  readonly hero: boolean;
  readonly verdict: VerdictFigures;
  /** Why, with the numbers. */
  readonly evidence: string;
  /** What is outstanding now. */
  readonly stock: string;
  readonly info: TagInfo | undefined;
  /** The groups the tag is in. */
  readonly groups: readonly TagGroup[];
  readonly hasWorkspace: boolean;
  readonly scanComplete: boolean;
  readonly chart: ChartModel;
}

export interface DetailEvents extends ChartEvents {
  onToggle(): void;
  onOpenSite(tag: PoolTag, index: number): void;
  onAssign(tag: PoolTag): void;
  onRestore(tag: PoolTag): void;
  onReport(): void;
  onReveal(tag: PoolTag): void;
  onCopy(text: string): void;
  /** The menu of everything that can be done with the row, below this element. */
  onActions(anchor: HTMLElement): void;
}

export class DetailView {
  readonly element = element('section', 'detail');
  readonly #events: DetailEvents;
  readonly #toggleIcon = icon('chevronDown');
  readonly #toggle: HTMLElement;
  readonly #mark = icon('rising');
  readonly #name = element('span', 'detail-tag');
  readonly #pool = element('span', 'detail-pool');
  readonly #verdict = element('span', 'detail-verdict');
  readonly #evidence = element('p', 'detail-sentence');
  readonly #stock = element('p', 'detail-stock');
  readonly #description = element('p', 'detail-description');
  readonly #commands = element('div', 'command-list');
  readonly #groups = element('div', 'detail-groups');
  readonly #sitesTitle = element('div', 'sites-title');
  readonly #list = element('div', 'site-list');
  readonly #assign: HTMLElement;
  readonly #body: HTMLElement;
  readonly #chart: ChartPane;
  #model: DetailModel | undefined;
  #listShown: unknown;
  #commandsOf = '';
  #groupsShown: unknown;

  constructor(events: DetailEvents) {
    this.#events = events;
    this.#chart = new ChartPane(events);
    this.#toggle = button({
      label: '',
      title: 'Hide the detail',
      kind: 'icon',
      icon: this.#toggleIcon,
      onClick: () => events.onToggle(),
    });
    this.#mark.classList.add('mark');
    this.#assign = button({
      label: '',
      kind: 'primary',
      onClick: () => this.#model && events.onAssign(this.#model.tag),
    });
    const report = button({
      label: 'Report',
      title: 'Write a report of this watch, to attach to a bug',
      kind: 'secondary',
      onClick: () => events.onReport(),
    });
    const actions: HTMLButtonElement = iconButton('more', 'Everything that can be done with this row (Ctrl+.)', () =>
      events.onActions(actions),
    );
    actions.setAttribute('aria-haspopup', 'menu');
    this.element.setAttribute('aria-label', 'Selected row');
    const buttons = element('div', 'detail-buttons', this.#assign, report, actions, this.#toggle);
    const title = element('div', 'detail-title', this.#mark, this.#name, this.#pool, this.#verdict);
    const text = element('div', 'detail-text', this.#evidence, this.#stock, this.#groups, this.#description);
    text.append(this.#commands);
    // What scrolls must be reachable by keyboard.
    text.tabIndex = 0;
    text.setAttribute('role', 'region');
    text.setAttribute('aria-label', 'Evidence and debugger commands');
    const sites = element('div', 'detail-sites', this.#sitesTitle, this.#list);
    this.#body = element('div', 'detail-body', text, this.#chart.element, sites);
    this.element.append(element('div', 'detail-head', title, buttons), this.#body);
    this.#list.addEventListener('keydown', (event) => this.#moveInList(event));
  }

  get chartPoints(): number {
    return this.#chart.points;
  }

  show(model: DetailModel | undefined, open: boolean): void {
    this.#model = model;
    setShown(this.element, model !== undefined);
    if (!model) return;
    setShown(this.#body, open);
    this.element.classList.toggle('closed', !open);
    setIcon(this.#toggleIcon, open ? 'chevronDown' : 'chevronUp');
    retitle(this.#toggle, open ? 'Hide the detail' : 'Show the detail');
    this.#showHead(model, open);
    if (!open) return;
    setText(this.#evidence, model.evidence);
    setText(this.#stock, model.stock);
    setText(this.#description, describe(model));
    this.#showCommands(model);
    this.#showGroups(model);
    this.#showSites(model);
    this.#chart.show(model.chart);
  }

  #showHead(model: DetailModel, open: boolean): void {
    const sites = model.info?.sites.length ?? 0;
    const { verdict } = model.verdict;
    this.element.classList.toggle('hero', model.hero);
    setIcon(this.#mark, verdictIcon(verdict, sites > 0));
    this.#mark.classList.toggle('off', verdict === 'unknown');
    setText(this.#name, tagLabel(model.tag));
    setText(this.#pool, model.paged ? 'Paged' : 'Nonpaged');
    // Closed, the head carries the sentence; open, it stands below.
    setText(this.#verdict, open ? verdictWords(model.verdict) : model.evidence);
    this.#verdict.title = verdictMeaning(verdict);
    setShown(this.#assign, sites > 1);
    relabel(this.#assign, `Assign unique tags to all ${sites} sites`);
  }

  #showCommands(model: DetailModel): void {
    const key = `${model.tag} ${model.paged}`;
    if (key === this.#commandsOf) return;
    this.#commandsOf = key;
    const constants = [
      { command: tagConstant(model.tag), meaning: 'the tag as a C constant' },
      { command: tagHex(model.tag), meaning: 'its value' },
    ];
    this.#commands.replaceChildren(
      ...[...constants, ...debuggerCommands(model.tag, model.paged)].map(({ command, meaning }) => {
        const made = element('button', 'copyable', element('code', '', command), icon('copy'));
        made.title = `Copy ${command}: ${meaning}`;
        made.setAttribute('aria-label', made.title);
        made.addEventListener('click', () => this.#events.onCopy(command));
        return element('div', 'command', made, element('span', 'quiet', meaning));
      }),
    );
  }

  #showGroups(model: DetailModel): void {
    if (this.#groupsShown === model.groups) return;
    this.#groupsShown = model.groups;
    setShown(this.#groups, model.groups.length > 0);
    this.#groups.replaceChildren(...model.groups.map((group) => this.#groupLine(model.tag, group)));
  }

  /** Why the tag is in a group, and the others of it to go to. */
  #groupLine(tag: PoolTag, group: TagGroup): HTMLElement {
    const line = element('p', 'group-line', `${group.reason} `);
    for (const member of group.members) {
      if (member.tag === tag) continue;
      const name = tagLabel(member.tag);
      const share = Number.isNaN(member.share) ? '' : ` ${percent(member.share)}`;
      const made = element('button', 'group-tag', element('b', '', name), share);
      made.title = `Show ${name}${member.place ? `, ${member.place}` : ''}`;
      made.addEventListener('click', () => this.#events.onReveal(member.tag));
      line.append(made, ' ');
    }
    if (group.kind !== 'split') return line;
    const restore = element('button', 'link', `Restore ${tagLabel(group.tag)}`);
    restore.title = 'Give the sites of these tags their old tag back';
    restore.addEventListener('click', () => this.#events.onRestore(group.tag));
    line.append(restore);
    return line;
  }

  #showSites(model: DetailModel): void {
    const sites = model.info?.sites ?? [];
    setText(this.#sitesTitle, sitesWords(model));
    if (this.#listShown === model.info) return;
    this.#listShown = model.info;
    const possible = model.info?.possible ?? [];
    this.#list.replaceChildren(...[...sites, ...possible].map((site) => this.#siteButton(model.tag, site)));
    this.#list.scrollTop = 0;
  }

  #siteButton(tag: PoolTag, site: PanelSite): HTMLElement {
    const place = element('span', 'site-place', `${site.file}:${site.line}`);
    const inside = element('span', 'site-function', site.function === '' ? 'file level' : site.function);
    const line = element('span', 'site-line', site.lineText);
    const made = element('button', 'site', place, inside, element('span', 'site-routine', site.routine), line);
    made.title = `${site.file}:${site.line}\n${site.routine} in ${site.function || 'the file'}\n${site.lineText}`;
    made.addEventListener('click', () => this.#events.onOpenSite(tag, site.index));
    return made;
  }

  #moveInList(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const buttons = [...this.#list.children] as HTMLElement[];
    buttons[buttons.indexOf(document.activeElement as HTMLElement) + step]?.focus();
    event.preventDefault();
  }
}

function describe({ info }: DetailModel): string {
  const known = [info?.driver, info?.description].filter((part) => part).join(' – ');
  if (known === '') return 'Not in the tag database.';
  return info?.source ? `${known} (${info.source})` : known;
}

/** What can be told of the sites: one takes all of the growth, several under one tag cannot be told apart. */
function sitesWords({ info, groups, tag, ...model }: DetailModel): string {
  const sites = info?.sites.length ?? 0;
  const scanning = model.scanComplete ? '' : ', still scanning';
  if (sites > 1) {
    const grows = model.hero ? ': which of them grows shows once each has its own tag' : ' share the tag';
    return `${counted(sites, 'allocation site')}${grows}${scanning}`;
  }
  if (sites === 1) {
    const share = groups.flatMap((group) => (group.kind === 'split' ? group.members : [])).find((m) => m.tag === tag);
    const part = share && !Number.isNaN(share.share) ? `, ${percent(share.share)} of the growth` : '';
    return `1 allocation site${part}${scanning}`;
  }
  const possible = info?.possible?.length ?? 0;
  if (possible > 0) return `May come from ${counted(possible, 'allocation site')}${scanning}`;
  if (!model.hasWorkspace) return 'No folder is open: allocation sites are not known.';
  if (!model.scanComplete) return 'No allocation site found yet; the sources are being scanned.';
  return 'No allocation site in this workspace.';
}
