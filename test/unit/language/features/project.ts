/** A project in memory, as the language features see it. */
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnosticsOf } from '../../../../language/features/diagnostics.ts';
import type { LanguageView } from '../../../../language/features/view.ts';
import { pathToUri } from '../../../../language/index/fileUri.ts';
import { SiteIndex } from '../../../../language/index/siteIndex.ts';
import type { SourcePosition, TagFigures } from '../../../../language/protocol.ts';
import { DEFAULT_LEVELS, type Levels } from '../../../../language/rules/ruleTable.ts';
import { tagText } from '../../../../language/tag/poolTag.ts';
import { parseTagFile, TagDatabase } from '../../../../language/tag/tagDatabase.ts';

export class Project implements LanguageView {
  readonly index = new SiteIndex();
  readonly database: TagDatabase;
  readonly figures = new Map<number, TagFigures>();
  readonly liveTags: readonly number[] = [];
  readonly levels: Levels;
  readonly files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>>, { pooltag = '', levels = {} as Partial<Levels> } = {}) {
    this.files = files;
    this.levels = { ...DEFAULT_LEVELS, ...levels };
    this.database = new TagDatabase(parseTagFile(pooltag, '/kits/pooltag.txt'));
    for (const [path, text] of Object.entries(files)) this.index.setFile(path, text);
  }

  readonly text = (path: string): string | undefined => this.files[path];

  diagnostics(path: string) {
    return diagnosticsOf(this)(path);
  }

  /** Where `needle` starts in a file, `skip` characters on. */
  at(path: string, needle: string, skip = 0): SourcePosition {
    const offset = this.files[path].indexOf(needle);
    if (offset < 0) throw new Error(`${path} does not hold ${needle}`);
    return TextDocument.create('', 'c', 0, this.files[path]).positionAt(offset + skip);
  }

  /** The files after an edit. */
  after({ changes = {} }: WorkspaceEdit): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.files).map(([path, text]) => {
        const edits: TextEdit[] = changes[pathToUri(path)] ?? [];
        return [path, TextDocument.applyEdits(TextDocument.create('', 'c', 0, text), edits)];
      }),
    );
  }
}

/** Tags of all sites and frees of some files, as a scan sees them. */
export function tagsIn(files: Readonly<Record<string, string>>): { sites: string[]; frees: string[] } {
  const { index } = new Project(files);
  const { sites, frees } = index.snapshot();
  return {
    sites: sites.map(({ tag }) => tagText(tag)),
    frees: frees.flatMap(({ tag }) => (tag === null ? [] : [tagText(tag)])),
  };
}
