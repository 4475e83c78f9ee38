/** One look at the workspace through all rules that are on. */
import { callFindings } from './callRules.ts';
import { forwardMessage, forwardUses, type TagUse } from './forwardTag.ts';
import type { Finding, RuleView } from './rule.ts';
import type { Levels, RuleId } from './ruleTable.ts';
import { mismatchedFreeFindings, openFiles, relatedSite, sharedTagFindings } from './siteRules.ts';
import { knownProblem, type ValueProblem, valueProblem } from './tagValue.ts';
import { ValueLocator, writtenValue } from './writtenValue.ts';

const MOST_RELATED = 10;

/**
 * Good for one state of the index: what concerns the whole workspace is computed once, at the first file asked for. A
 * problem of a tag's value is found where the value is written, once, however many sites use it.
 */
export class RuleRun {
  readonly #view: RuleView;
  readonly #levels: Levels;
  #valueFindings: ReadonlyMap<string, readonly Finding<RuleId>[]> | null = null;
  #open: readonly string[] | null = null;

  constructor(view: RuleView, levels: Levels) {
    this.#view = view;
    this.#levels = levels;
  }

  /** The findings of one file, in the order of the text. */
  in(path: string): Finding<RuleId>[] {
    const found: Finding<RuleId>[] = [...callFindings(this.#view, path)];
    if (this.#isOn('shared-tag')) found.push(...sharedTagFindings(this.#view, path));
    if (this.#isOn('mismatched-free') && this.#view.index.freesIn(path).length > 0) {
      this.#open ??= openFiles(this.#view);
      found.push(...mismatchedFreeFindings(this.#view, path, this.#open));
    }
    this.#valueFindings ??= this.#findValues();
    found.push(...(this.#valueFindings.get(path) ?? []));
    return found.filter(({ rule }) => this.#isOn(rule)).sort(byPlace);
  }

  #isOn(rule: RuleId): boolean {
    return this.#levels[rule] !== 'off';
  }

  /** Findings about values, by the file that holds the value. */
  #findValues(): ReadonlyMap<string, readonly Finding<RuleId>[]> {
    const { index, database } = this.#view;
    const problems = new Map<string, ValueProblem & TagUse>();
    const uses: TagUse[] = [];
    const add = (problem: ValueProblem, use: TagUse) => {
      const { path, start } = use.written;
      problems.set(`${problem.rule} ${start} ${path}`, { ...problem, ...use });
    };
    const wantsForward = this.#isOn('forward-tag');
    for (const tag of index.tags()) {
      const ownProblem = valueProblem(tag);
      for (const indexed of index.sitesOf(tag)) {
        const problem = ownProblem ?? knownProblem(tag, indexed.path, database);
        const counts = problem !== undefined && this.#isOn(problem.rule);
        if (!counts && !wantsForward) continue;
        const written = writtenValue(this.#view, indexed);
        if (!written) continue;
        const use = { tag, written, function: indexed.site.function };
        if (counts) add(problem, use);
        if (!problem) uses.push(use);
      }
    }
    if (wantsForward)
      for (const use of forwardUses(uses)) add({ rule: 'forward-tag', message: forwardMessage(use.tag) }, use);
    return Map.groupBy(this.#located([...problems.values()]), ({ path }) => path);
  }

  #located(problems: readonly (ValueProblem & TagUse)[]): Finding<RuleId>[] {
    const locator = new ValueLocator(this.#view.text);
    return problems.flatMap(({ rule, message, tag, written }) => {
      const range = locator.rangeOf(written);
      if (!range) return [];
      const related = this.#view.index.sitesOf(tag).filter(({ call }) => call.tag?.start !== written.start);
      const { path } = written;
      return [{ rule, path, range, tag, message, related: related.slice(0, MOST_RELATED).map(relatedSite) }];
    });
  }
}

function byPlace(a: Finding, b: Finding): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}
