/** Rules over single calls: what they pass as a tag, and which routine they are. */
import type { PoolCall } from '../scan/fileSummary.ts';
import type { Finding, RuleView } from './rule.ts';
import type { RuleId } from './ruleTable.ts';

const CASTS = /^\s*(?:\(\s*[A-Za-z_][\w\s*]*\)\s*)*/;
const STRING = /^(?:u8|[uUL])?R?"/;
const LONE_NAME = /^[\s(]*([A-Za-z_]\w*)[\s)]*$/;

/** Routines of which 0 asks for the tag of the driver. */
const ZERO_IS_DEFAULT = /^Wdf/;

const DEPRECATED: ReadonlySet<string> = new Set([
  'ExAllocatePool',
  'ExAllocatePoolWithTag',
  'ExAllocatePoolWithQuota',
  'ExAllocatePoolWithQuotaTag',
  'ExAllocatePoolWithTagPriority',
]);

/** The string that a call passes as its tag, through a macro too; undefined where it passes something else. */
export function stringTag({ index }: RuleView, path: string, call: PoolCall): string | undefined {
  const expression = call.tag?.text ?? '';
  const direct = expression.replace(CASTS, '');
  if (STRING.test(direct)) return direct;
  const name = LONE_NAME.exec(expression)?.[1];
  if (name === undefined || call.hidden.includes(name)) return undefined;
  const body = index
    .definitionOf(name, path, call.start)
    ?.definition.body.replace(CASTS, '')
    .replace(/^\(\s*/, '');
  return body !== undefined && STRING.test(body) ? body : undefined;
}

function zeroMessage({ routine }: PoolCall): string {
  if (/^ExAllocatePool[23]$/.test(routine)) return `${routine} fails with tag 0.`;
  if (routine.startsWith('Ndis'))
    return 'With tag 0 the memory is counted under the tag that NDIS gives to every driver.';
  return 'Memory with tag 0 cannot be traced, and allocating it may stop Windows.';
}

function untaggedMessage({ routine }: PoolCall): string {
  return `${routine} takes no pool tag: this memory cannot be told from that of other drivers.`;
}

function deprecatedMessage({ routine }: PoolCall): string {
  const instead = routine.endsWith('Priority') ? 'ExAllocatePool3' : 'ExAllocatePool2';
  return `${routine} is deprecated: use ${instead}.`;
}

/** What is wrong with the calls of one file. */
export function* callFindings(view: RuleView, path: string): Generator<Finding<RuleId>> {
  for (const { call } of view.index.unresolvedIn(path)) {
    if (!call.tag) continue;
    const { range } = call.tag;
    if (stringTag(view, path, call) !== undefined)
      yield { rule: 'string-as-tag', path, range, message: 'A string is no pool tag: its address would be.' };
    else if (!ZERO_IS_DEFAULT.test(call.routine) && view.index.valueOfCall(path, call) === 0)
      yield { rule: 'tag-zero', path, range, message: zeroMessage(call) };
  }
  for (const call of view.index.callsIn(path)) {
    const { range, routine, tag } = call;
    if (call.action !== 'allocate') continue;
    if (!tag) yield { rule: 'untagged-allocation', path, range, message: untaggedMessage(call) };
    if (DEPRECATED.has(routine)) yield { rule: 'deprecated-routine', path, range, message: deprecatedMessage(call) };
  }
}
