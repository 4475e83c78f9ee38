/** Quick fixes for the rules whose cure is plain; the edit is ready with the action. */
import { type CodeAction, CodeActionKind, type CodeActionParams, type Diagnostic } from 'vscode-languageserver';
import { renameTag, type ValueChange } from '../assign/renameTag.ts';
import type { SourceRange } from '../protocol.ts';
import { stringTag } from '../rules/callRules.ts';
import { contradictedSite } from '../rules/pairedFree.ts';
import { RuleRun } from '../rules/ruleRun.ts';
import { DEFAULT_LEVELS, type RuleId } from '../rules/ruleTable.ts';
import { isPlainTag, type PoolTag, tagConstant, tagFromText, tagLabel, tagText } from '../tag/poolTag.ts';
import { workspaceEdit } from './valueEdit.ts';
import type { LanguageView } from './view.ts';

function sameStart(a: SourceRange, b: SourceRange): boolean {
  return a.start.line === b.start.line && a.start.character === b.start.character;
}

/** The tag that a string of 1 to 4 characters spells. */
function tagInString(literal: string): PoolTag | undefined {
  const body = /^(?:u8|[uUL])?"([^"\\]{1,4})"$/.exec(literal.trim())?.[1];
  const tag = body === undefined ? undefined : tagFromText(body);
  return tag !== undefined && isPlainTag(tag) ? tag : undefined;
}

/** `"XTag"` as an argument becomes `'gaTX'`. */
function stringFix(view: LanguageView, path: string, range: SourceRange): [string, ValueChange[]] | undefined {
  const place = view.index.unresolvedIn(path).find(({ call: { tag } }) => tag && sameStart(tag.range, range));
  const call = place?.call;
  const literal = call && stringTag(view, path, call);
  const tag = literal === undefined ? undefined : tagInString(literal);
  const offset = call?.tag && literal !== undefined ? call.tag.text.indexOf(literal) : -1;
  if (tag === undefined || offset < 0) return undefined;
  const text = tagConstant(tag);
  const change = { path, start: call!.tag!.start + offset, old: literal!, text };
  return [`Write ${text}, which shows as '${tagLabel(tag)}'`, [change]];
}

/** The tag turned round, in the constant and in all that uses it. */
function forwardFix(view: LanguageView, path: string, range: SourceRange): [string, ValueChange[]] | undefined {
  const levels = { ...DEFAULT_LEVELS, 'forward-tag': 'hint' } as const;
  const finding = new RuleRun(view, levels)
    .in(path)
    .find((found) => found.rule === 'forward-tag' && sameStart(found.range, range));
  if (finding?.tag === undefined) return undefined;
  const text = [...tagText(finding.tag)].reverse().join('');
  const result = renameTag(view, finding.tag, text);
  return 'changes' in result
    ? [`Write ${tagConstant(result.newTag)}, so that it shows as '${tagLabel(result.newTag)}'`, [...result.changes]]
    : undefined;
}

/** The tag of the allocation, as that writes it: both stand in one function. */
function freeFix(view: LanguageView, path: string, range: SourceRange): [string, ValueChange[]] | undefined {
  const text = view.text(path);
  const free = view.index.freesIn(path).find(({ call }) => call.tag && sameStart(call.tag.range, range));
  const site = text === undefined || !free ? undefined : contradictedSite(text, free, view.index.sitesIn(path));
  if (!free?.call.tag || !site?.call.tag) return undefined;
  const { start, text: old } = free.call.tag;
  const written = site.call.tag.text;
  return [`Free with ${written}, the tag of the allocation`, [{ path, start, old, text: written }]];
}

const FIXES: Partial<Record<RuleId, typeof stringFix>> = {
  'string-as-tag': stringFix,
  'forward-tag': forwardFix,
  'mismatched-free': freeFix,
};

export function ruleFixes(view: LanguageView, path: string, { context }: CodeActionParams): CodeAction[] {
  return context.diagnostics.flatMap((diagnostic: Diagnostic) => {
    const fix = FIXES[diagnostic.code as RuleId]?.(view, path, diagnostic.range);
    if (!fix) return [];
    const [title, changes] = fix;
    const edit = workspaceEdit(changes, view.text);
    return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: true, edit }];
  });
}
