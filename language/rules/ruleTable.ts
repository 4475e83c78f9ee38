/** The rules as data. Settings, the command line's reports and the documentation are made from this table. */
import type { Level, Rule } from './rule.ts';

export const RULES = {
  'shared-tag': {
    level: 'hint',
    summary: 'Several allocation sites share one pool tag.',
    help: 'Pool is counted by tag. Where sites share one, its growth cannot be traced to one of them. Give each allocation site a tag of its own.',
    source: 'Windows driver documentation, ExAllocatePool2: "Each allocation code path should use a unique pool tag".',
  },
  'mismatched-free': {
    level: 'warning',
    summary: 'A tagged free names another tag than its allocation, or one that no allocation here uses.',
    help: 'A tagged free must name the tag of the allocation; with another one Windows can stop (bug check 0xC2, parameter 1 0x0A). Name the tag of the allocation. Tags of pooltag.txt are passed over: the memory may belong to the system.',
    source: 'Bug check 0xC2 BAD_POOL_CALLER; ExFreePoolWithTag in wdm.h.',
  },
  'not-printable': {
    level: 'warning',
    summary: 'The tag holds characters that cannot be shown.',
    help: 'Each character of a tag is to lie between 0x20 (space) and 0x7E (tilde), or tools show something that nobody can read or type.',
    source: 'Windows driver documentation, ExAllocatePool2, parameter Tag.',
  },
  'no-letter-or-digit': {
    level: 'error',
    summary: 'The tag holds neither a letter nor a digit.',
    help: 'Windows stops when memory is allocated with such a tag (bug check 0xC2, parameter 1 0x9D). Use at least one letter or digit.',
    source: 'Bug check 0xC2 BAD_POOL_CALLER, parameter 1 0x9D.',
  },
  'default-tag': {
    level: 'warning',
    summary: 'The tag is the one that old headers gave to every driver.',
    help: '`Ddk ` and `Wdm ` are the tags of drivers that set none: their memory cannot be told from that of other drivers. Choose a tag of your own.',
    source: 'Code Analysis C28147; CodeQL default-pool-tag.',
  },
  'string-as-tag': {
    level: 'error',
    summary: 'A string stands where a character constant belongs.',
    help: "The address of the string becomes the tag, another one with each build. Write a character constant in single quotes, reversed: `'gaTX'` shows as `XTag`.",
    source: 'Code Analysis C28134; CodeQL pool-tag-integral.',
  },
  'known-tag': {
    level: 'information',
    summary: 'pooltag.txt says that the tag belongs to somebody else.',
    help: 'The memory of this driver is counted together with that of another component, and tools name the wrong binary. Choose a tag that pooltag.txt does not list. Without a pooltag.txt a short table of well-known tags stands in for it.',
    source: 'pooltag.txt of the Debugging Tools for Windows.',
  },
  'forward-tag': {
    level: 'information',
    summary: 'The tag reads forward in the source only.',
    help: "The first character of a constant is its highest byte, so tools show it last: a constant is written reversed, `'gaTX'` for `XTag`. Reported where the name of the macro, function, file or folder, or the other tags of the folder, begin as the source reads and not as tools show it.",
    source: 'Windows driver documentation, ExAllocatePool2: the tag is usually specified in reverse order.',
  },
  'tag-zero': {
    level: 'warning',
    summary: 'Memory is allocated with tag 0.',
    help: 'ExAllocatePool2 and ExAllocatePool3 fail; other routines may stop Windows (bug check 0xC2, parameter 1 0x9B); NDIS takes a tag that all its drivers share. WDF routines are passed over: for them 0 means the tag of the driver.',
    source: 'Bug check 0xC2 BAD_POOL_CALLER, parameter 1 0x9B.',
  },
  'untagged-allocation': {
    level: 'information',
    summary: 'Memory is allocated without a tag.',
    help: 'It is counted under `None`, or under a tag that many drivers share, and cannot be traced. Use the routine that takes a tag.',
    source: 'Windows driver documentation, ExAllocatePool; CodeQL WdkDeprecatedApis.',
  },
  'deprecated-routine': {
    level: 'off',
    summary: 'The routine is deprecated since Windows 10, version 2004.',
    help: 'ExAllocatePool2 zeroes memory unless it is told not to, does not allocate executable memory by accident, and returns NULL instead of raising. The refactoring "Migrate to ExAllocatePool2" is offered whether this rule is on or not.',
    source: 'Code Analysis C28751; CodeQL WdkDeprecatedApis; "Updating deprecated ExAllocatePool calls".',
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

export const RULE_IDS = Object.keys(RULES) as RuleId[];

export function isRuleId(value: string): value is RuleId {
  return Object.hasOwn(RULES, value);
}

/** How serious each rule is. */
export type Levels = Readonly<Record<RuleId, Level>>;

export const DEFAULT_LEVELS = Object.fromEntries(RULE_IDS.map((id) => [id, RULES[id].level])) as Levels;
