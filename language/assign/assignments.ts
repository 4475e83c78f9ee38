/** What was assigned in a workspace: notes it when an edit was applied, remembers it on disk, and takes it back. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { pathToUri } from '../index/fileUri.ts';
import type { AssignedTag, NotRestoredPlace, RestoreResult } from '../protocol.ts';
import { LineTable } from '../scan/lines.ts';
import { tagFromText } from '../tag/poolTag.ts';
import { ledgerSites, pathBelow, plannedFiles } from './applyAssignment.ts';
import type { FileToEdit } from './editFiles.ts';
import { EMPTY_LEDGER, type Ledger, type LedgerEntry } from './ledger.ts';
import { readLedger, WORKSPACE_LEDGER, writeLedger } from './ledgerFile.ts';
import { namedPhases, notedFiles, recordPhases } from './ledgerPhases.ts';
import { edited } from './ledgerRecord.ts';
import { type NotRestored, planRestore, type RestoreScope } from './ledgerRestore.ts';
import type { Assignment, SourceText } from './rewrite.ts';

/** Where new entries go: storage of this machine, or a file in the workspace folder for version control. */
export type LedgerHome = 'private' | 'workspace';

export interface AssignmentsHost {
  /** The present text of a file: of the open document, else of the disk. */
  readonly read: (path: string) => SourceText | undefined;
  /** A ledger that cannot be used; told once. */
  readonly onProblem: (message: string) => void;
  readonly onChange: () => void;
}

/** A file with entries of one workspace folder. */
interface LedgerPlace {
  readonly root: number;
  readonly home: LedgerHome;
  readonly file: string;
  /** Null: it cannot be used, and is not written to. */
  ledger: Ledger | null;
}

/** An edit that was handed out and may be applied. */
type Plan =
  | { readonly kind: 'assign'; readonly files: readonly FileToEdit[]; readonly assignment: Assignment }
  | { readonly kind: 'restore'; readonly files: readonly FileToEdit[]; readonly ledger: Ledger };

/** Edits that are remembered until they are applied; a preview may stay open for long, but not many do. */
const MOST_PLANS = 16;
const RESTORED = 'poolLens.restored';

export class Assignments {
  readonly #host: AssignmentsHost;
  #roots: readonly string[] = [];
  #home: LedgerHome = 'private';
  #places: LedgerPlace[] = [];
  readonly #plans = new Map<number, Plan>();
  #planned = 0;

  constructor(host: AssignmentsHost) {
    this.#host = host;
  }

  /**
   * Reads the ledgers of these folders. `storage`: where private ones lie; without it, and where the workspace is not to
   * have one, nothing is remembered beyond this run.
   */
  configure(roots: readonly string[], home: LedgerHome, storage: string | undefined): void {
    this.#roots = roots;
    this.#home = home;
    this.#places = roots.flatMap((root, i): LedgerPlace[] => [
      this.#placeOf(i, 'workspace', path.join(root, WORKSPACE_LEDGER)),
      ...(storage === undefined ? [] : [this.#placeOf(i, 'private', path.join(storage, `${hashOf(root)}.json`))]),
    ]);
    this.#host.onChange();
  }

  #placeOf(root: number, home: LedgerHome, file: string): LedgerPlace {
    try {
      return { root, home, file, ledger: readLedger(file) };
    } catch (error) {
      this.#host.onProblem((error as Error).message);
      return { root, home, file, ledger: null };
    }
  }

  /** Every tag that was assigned and not restored, with the tag that it took the place of. */
  get tags(): AssignedTag[] {
    const pairs = this.#places.flatMap(({ ledger }) => (ledger?.entries ?? []).flatMap((entry) => entry.sites));
    const unique = new Map(pairs.map((site) => [`${site.new}${site.old}`, site]));
    return [...unique.values()].map((site) => ({ oldTag: tagFromText(site.old)!, newTag: tagFromText(site.new)! }));
  }

  /** Remembers an edit that assigns; the number to note it by. */
  plan(assignment: Assignment): number {
    const edit = assignment.result.edit as WorkspaceEdit;
    const files = plannedFiles(edit, (file) => this.#host.read(file)?.text);
    return this.#remember({ kind: 'assign', files, assignment });
  }

  #remember(plan: Plan): number {
    this.#plans.set(++this.#planned, plan);
    if (this.#plans.size > MOST_PLANS) this.#plans.delete(this.#plans.keys().next().value!);
    return this.#planned;
  }

  /** Notes that an edit was applied, as far as its preview let it. @throws {Error} where it cannot be noted */
  note(number: number): void {
    const plan = this.#plans.get(number);
    if (!plan) throw new Error('This edit is not known any more; what it assigned cannot be restored by Pool Lens.');
    this.#plans.delete(number);
    if (plan.kind === 'assign') this.#noteAssignment(plan.files, plan.assignment);
    else this.#noteRestore(plan.files, plan.ledger);
    this.#host.onChange();
  }

  #noteAssignment(files: readonly FileToEdit[], { result, phases }: Assignment): void {
    const sites = this.#roots.flatMap((root, i) =>
      ledgerSites(root, result.assigned, files).map((site) => ({ ...site, file: `${i}/${site.file}` })),
    );
    const nameOf = (file: string) => this.#nameOf(file);
    const noted = notedFiles(files, nameOf, ({ path: file, before }) => this.#host.read(file)?.text ?? before);
    const entries = recordPhases(new Date(), sites, noted, namedPhases(phases, nameOf));
    if (entries.every(({ edits }) => edits.length === 0)) return;
    const places = this.#places.filter((place) => place.home === this.#home);
    for (const place of places) {
      const own = entries.flatMap((entry) => part(entry, place.root) ?? []);
      if (own.length === 0) continue;
      if (!place.ledger) throw new Error(`${place.file} cannot be used: what was assigned is not noted.`);
      this.#write(place, { entries: [...place.ledger.entries, ...own] });
    }
  }

  #noteRestore(files: readonly FileToEdit[], ledger: Ledger): void {
    const isWhole = files.every(
      ({ path: file, before, edits }) => this.#host.read(file)?.text === edited(before, edits),
    );
    // What the preview left out stands as before: the ledger keeps it, and the next restore finds what is left of it.
    if (!isWhole) return;
    for (const place of this.#places) {
      if (!place.ledger) continue;
      const before = new Set(place.ledger.entries.map((entry) => entry.when));
      const entries = ledger.entries
        .filter((entry) => before.has(entry.when))
        .flatMap((e) => part(e, place.root) ?? []);
      this.#write(place, { entries });
    }
  }

  #write(place: LedgerPlace, ledger: Ledger): void {
    const isSame = ledger.entries.length === 0 && place.ledger?.entries.length === 0;
    place.ledger = ledger;
    if (!isSame) writeLedger(place.file, ledger);
  }

  /** The name of a file in the joined ledger: the number of its folder, and its path below. */
  #nameOf(file: string): string | undefined {
    for (const [i, root] of this.#roots.entries()) {
      const below = pathBelow(root, file);
      if (below !== undefined) return `${i}/${below}`;
    }
    return undefined;
  }

  #pathOf(name: string): string {
    const slash = name.indexOf('/');
    return path.join(this.#roots[Number(name.slice(0, slash))], name.slice(slash + 1));
  }

  /** The ledgers of all folders as one: an assignment over several folders has one time. */
  #joined(): Ledger {
    const byTime = new Map<string, LedgerEntry>();
    for (const { root, ledger } of this.#places) {
      for (const entry of ledger?.entries ?? []) {
        const before = byTime.get(entry.when);
        const named = <T extends { readonly file: string }>(list: readonly T[]) =>
          list.map((element) => ({ ...element, file: `${root}/${element.file}` }));
        byTime.set(entry.when, {
          when: entry.when,
          sites: [...(before?.sites ?? []), ...named(entry.sites)],
          edits: [...(before?.edits ?? []), ...named(entry.edits)],
        });
      }
    }
    return { entries: [...byTime.values()].sort((a, b) => a.when.localeCompare(b.when)) };
  }

  /** Plans a restore; a folder is named by its path. Nothing is written. */
  restore(asked: RestoreScope): RestoreResult {
    const scope = asked.scope === 'folder' ? { ...asked, folder: this.#nameOfFolder(asked.folder) } : asked;
    const joined = this.#places.length === 0 ? EMPTY_LEDGER : this.#joined();
    const plan = planRestore(joined, scope, (name) => this.#host.read(this.#pathOf(name))?.text);
    const place = ({ file, line, reason }: NotRestored): NotRestoredPlace => ({
      uri: pathToUri(this.#pathOf(file)),
      line: line - 1,
      reason: reason.replaceAll(/\b\d+\/(?=[\w.])/g, ''),
    });
    const files = plan.files.map(({ file, before, edits }) => ({ path: this.#pathOf(file), before, edits }));
    return {
      edit: files.length > 0 ? this.#editOf(files, plan.restored.length) : null,
      plan: this.#remember({ kind: 'restore', files, ledger: plan.ledger }),
      restored: plan.restored.length,
      refused: plan.refused.map(place),
      left: plan.left.map(place),
    };
  }

  #nameOfFolder(folder: string): string {
    const root = this.#roots.indexOf(folder);
    return root >= 0 ? String(root) : (this.#nameOf(folder) ?? '?');
  }

  #editOf(files: readonly FileToEdit[], sites: number): WorkspaceEdit {
    const documentChanges = files.map(({ path: file, before, edits }): TextDocumentEdit => {
      const lines = new LineTable(before);
      return {
        textDocument: { uri: pathToUri(file), version: this.#host.read(file)?.version ?? null },
        edits: edits.map(({ start, end, text }) => ({
          range: lines.rangeOf(start, end),
          newText: text,
          annotationId: RESTORED,
        })),
      };
    });
    const label = `Restore the original ${sites === 1 ? 'tag of a site' : `tags of ${sites} sites`}`;
    const description = 'Sites, frees, names and wrappers as they were before unique tags were assigned';
    return { documentChanges, changeAnnotations: { [RESTORED]: { label, description } } };
  }
}

function hashOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 24);
}

/** What an entry says of one folder, by paths below it; undefined where it says nothing. */
function part(entry: LedgerEntry, root: number): LedgerEntry | undefined {
  const prefix = `${root}/`;
  const own = <T extends { readonly file: string }>(list: readonly T[]) =>
    list.filter((e) => e.file.startsWith(prefix)).map((e) => ({ ...e, file: e.file.slice(prefix.length) }));
  const sites = own(entry.sites);
  const edits = own(entry.edits);
  return sites.length + edits.length > 0 ? { when: entry.when, sites, edits } : undefined;
}
