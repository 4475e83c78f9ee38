/** The selected tag: its constants, its growth in words and numbers, its trend, and the lines that allocate under it. */
import type { PanelSite, TagInfo } from '../extension/protocol.ts';
import { type PoolTag, tagConstant, tagHex, tagLabel } from '../language/tag/poolTag.ts';
import type { Palette } from './chart/palette.ts';
import { drawTrendChart, trendRange } from './chart/trend.ts';
import { element, setAttribute, setShown, setText } from './controls/dom.ts';
import { icon, setIcon } from './controls/icons.ts';
import { button, relabel, retitle } from './controls/toolkit.ts';
import { growthSentence, growthWords, type TagGrowth } from './growth.ts';
import { counted, friendlyBytes, spanText } from './numbers.ts';

export interface DetailModel {
  readonly tag: PoolTag;
  /** Both pools summed. */
  readonly growth: TagGrowth;
  /** `Nonpaged`, `Paged` or `Nonpaged and paged`. */
  readonly pools: string;
  readonly watchedMs: number;
  readonly info: TagInfo | undefined;
  /** Bytes over the watched time, both pools summed; undefined while the host has not sent it. */
  readonly trend: Float32Array | undefined;
  readonly hasWorkspace: boolean;
  readonly scanComplete: boolean;
  readonly palette: Palette;
}

export interface DetailEvents {
  onToggle(): void;
  onOpenSite(tag: PoolTag, index: number): void;
  onAssign(tag: PoolTag): void;
  onCopy(text: string): void;
}

export class DetailView {
  readonly element = element('section', 'detail');
  readonly #events: DetailEvents;
  readonly #toggleIcon = icon('chevronDown');
  readonly #toggle: HTMLElement;
  readonly #mark = icon('rising');
  readonly #name = element('span', 'detail-tag');
  readonly #headline = element('span', 'detail-headline');
  readonly #constant: HTMLButtonElement;
  readonly #hex: HTMLButtonElement;
  readonly #description = element('div', 'detail-description');
  readonly #sentence = element('p', 'detail-sentence');
  readonly #canvas = element('canvas');
  readonly #noTrend = element('div', 'quiet', 'The trend shows after two readings.');
  readonly #chart = element('div', 'detail-chart', this.#canvas, this.#noTrend);
  readonly #sitesTitle = element('div', 'sites-title');
  readonly #list = element('div', 'site-list');
  readonly #assign: HTMLElement;
  readonly #body: HTMLElement;
  #model: DetailModel | undefined;
  #sitesShown: readonly PanelSite[] | undefined;

  constructor(events: DetailEvents) {
    this.#events = events;
    this.#toggle = button({
      label: '',
      title: 'Hide the detail',
      kind: 'icon',
      icon: this.#toggleIcon,
      onClick: () => events.onToggle(),
    });
    this.#mark.classList.add('mark');
    this.#constant = this.#copyable();
    this.#hex = this.#copyable();
    this.#assign = button({
      label: '',
      kind: 'primary',
      onClick: () => this.#model && events.onAssign(this.#model.tag),
    });
    this.element.setAttribute('aria-label', 'Selected tag');
    const head = element(
      'div',
      'detail-head',
      this.#mark,
      this.#name,
      this.#headline,
      this.#constant,
      this.#hex,
      this.#assign,
      this.#toggle,
    );
    const text = element('div', 'detail-text', this.#sentence, this.#description);
    const sites = element('div', 'detail-sites', this.#sitesTitle, this.#list);
    this.#body = element('div', 'detail-body', text, this.#chart, sites);
    this.element.append(head, this.#body);
    this.#list.addEventListener('keydown', (event) => this.#moveInList(event));
    new ResizeObserver(() => this.#drawChart()).observe(this.#chart);
  }

  show(model: DetailModel | undefined, open: boolean): void {
    this.#model = model;
    setShown(this.element, model !== undefined);
    if (!model) return;
    setShown(this.#body, open);
    this.element.classList.toggle('closed', !open);
    setIcon(this.#toggleIcon, open ? 'chevronDown' : 'chevronUp');
    retitle(this.#toggle, open ? 'Hide the detail' : 'Show the detail');
    this.#showHead(model);
    if (!open) return;
    setText(this.#sentence, growthSentence(model.growth, model.watchedMs));
    setText(this.#description, describe(model));
    this.#showSites(model);
    this.#drawChart();
  }

  #showHead(model: DetailModel): void {
    const sites = model.info?.sites.length ?? 0;
    const { growing } = model.growth;
    this.element.classList.toggle('grows', growing);
    this.element.classList.toggle('hero', growing && sites > 0);
    setIcon(this.#mark, sites > 0 ? 'growing' : 'rising');
    setText(this.#name, tagLabel(model.tag));
    const words = [
      model.pools,
      growing ? growthWords(model.growth) : 'no lasting growth',
      friendlyBytes(model.growth.bytes),
    ];
    setText(this.#headline, words.join(' · '));
    setCopyable(this.#constant, tagConstant(model.tag), 'C constant');
    setCopyable(this.#hex, tagHex(model.tag), 'value for the debugger');
    setShown(this.#assign, sites > 1);
    relabel(this.#assign, `Assign unique tags to all ${sites} sites`);
  }

  #showSites(model: DetailModel): void {
    const sites = model.info?.sites ?? [];
    setText(this.#sitesTitle, sitesWords(model));
    if (this.#sitesShown === sites) return;
    this.#sitesShown = sites;
    this.#list.replaceChildren(...sites.map((site) => this.#siteButton(model.tag, site)));
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

  #copyable(): HTMLButtonElement {
    const made = element('button', 'copyable', element('code'), icon('copy'));
    made.addEventListener('click', () => this.#events.onCopy(made.firstElementChild?.textContent ?? ''));
    return made;
  }

  #drawChart(): void {
    const model = this.#model;
    if (!model || this.#body.hidden) return;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    if (width === 0 || height === 0) return;
    const range = model.trend && trendRange(model.trend);
    setShown(this.#canvas, range !== undefined);
    setShown(this.#noTrend, range === undefined);
    if (!model.trend || !range) return;
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#canvas.setAttribute('role', 'img');
    const low = friendlyBytes(range.low);
    const high = friendlyBytes(range.high);
    setAttribute(this.#canvas, 'aria-label', `Bytes over the watched time, between ${low} and ${high}`);
    const start = model.watchedMs > 0 ? `${spanText(model.watchedMs)} ago` : '';
    const hero = model.growth.growing && (model.info?.sites.length ?? 0) > 0;
    const colour = hero ? model.palette.growing : model.palette.line;
    drawTrendChart(this.#canvas, width, height, model.trend, { low, high, start, end: 'now' }, colour, model.palette);
  }
}

function setCopyable(target: HTMLButtonElement, text: string, what: string): void {
  setText(target.firstElementChild as Element, text);
  retitle(target, `Copy ${text}, the ${what}`);
}

function describe({ info }: DetailModel): string {
  const parts = [info?.driver, info?.description].filter((part) => part);
  return parts.length > 0 ? parts.join(' – ') : 'Not in the tag database.';
}

function sitesWords(model: DetailModel): string {
  const sites = model.info?.sites.length ?? 0;
  if (sites > 0) return counted(sites, 'allocation site') + (model.scanComplete ? '' : ', still scanning');
  if (!model.hasWorkspace) return 'No folder is open: allocation sites are not known.';
  if (!model.scanComplete) return 'No allocation site found yet; the sources are being scanned.';
  return 'No allocation site in this workspace.';
}
