import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CheckOptions,
  check,
  formatOption,
  levelsOption,
  rulesAsText,
  severityOption,
} from '../../../extension/cli/check.ts';
import { UsageError } from '../../../extension/cli/usage.ts';
import { DEFAULT_LEVELS, RULE_IDS } from '../../../language/rules/ruleTable.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pool-lens-check-'));
  mkdirSync(join(folder, 'sys files'));
  writeFileSync(join(folder, 'tags.h'), "#define DEFAULT_TAG ' kdD'\n");
  writeFileSync(
    join(folder, 'sys files', 'a.c'),
    [
      '#include "../tags.h"',
      "void f(void) { p = ExAllocatePool2(1, 8, DEFAULT_TAG); q = ExAllocatePool2(1, 8, '$$$$'); }",
      "void g(void) { r = ExAllocatePool2(1, 8, 'gaTX'); s = ExAllocatePool2(1, 8, 'gaTX'); }",
      'void h(void) { t = ExAllocatePool(PagedPool, 8); }',
    ].join('\r\n'),
  );
  writeFileSync(join(folder, 'pooltag.txt'), 'XTag - other.sys - Another driver\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (options: Partial<CheckOptions> = {}) =>
  check(folder, {
    format: 'text',
    severity: 'warning',
    levels: DEFAULT_LEVELS,
    tagFiles: [join(folder, 'pooltag.txt')],
    version: '1.2.3',
    ...options,
  });

/** The rules in a report of JSON, in its order. */
const rulesOf = (output: string) => JSON.parse(output).findings.map((f: { rule: string }) => f.rule);

describe('a list of routines that is wrong', () => {
  it('ends the check with its file and line', async () => {
    const wrong = mkdtempSync(join(tmpdir(), 'pool-lens-wrong-'));
    mkdirSync(join(wrong, 'inc'));
    writeFileSync(join(wrong, 'inc', 'pool-lens.json'), '{\n"routines": [\n{ "name": "f", "action": "take" }\n]\n}\n');
    const options = {
      format: 'text',
      severity: 'warning',
      levels: DEFAULT_LEVELS,
      tagFiles: [],
      version: '1',
    } as const;
    await expect(check(wrong, options)).rejects.toThrow(
      new UsageError('inc/pool-lens.json:3: "action" of f must be "allocate" or "free".'),
    );
    rmSync(wrong, { recursive: true, force: true });
  });
});

describe('the report', () => {
  it('as text has a line a finding, without hints, and a count', async () => {
    const { output } = await run();
    const lines = output.split('\n');
    expect(lines[0]).toBe(
      "sys files/a.c:2:82: error: The pool tag '$$$$' holds neither a letter nor a digit: allocating with it stops Windows. [no-letter-or-digit]",
    );
    expect(lines.map((line) => /^(\S.*?): .*\[(.*)\]$/.exec(line)?.slice(1)).filter(Boolean)).toEqual([
      ['sys files/a.c:2:82', 'no-letter-or-digit'],
      ['sys files/a.c:3:42', 'known-tag'],
      ['sys files/a.c:3:77', 'known-tag'],
      ['sys files/a.c:4:20', 'untagged-allocation'],
      ['tags.h:1:21', 'default-tag'],
    ]);
    expect(lines.at(-2)).toBe('1 error, 1 warning, 3 information in 2 files.');
  });

  it('as JSON has hints when hints are asked for', async () => {
    expect(rulesOf((await run({ format: 'json' })).output)).not.toContain('shared-tag');
    const { output } = await run({ format: 'json', severity: 'hint' });
    const shared = JSON.parse(output).findings.find((f: { rule: string }) => f.rule === 'shared-tag');
    expect(shared).toMatchObject({
      level: 'hint',
      file: 'sys files/a.c',
      line: 3,
      column: 42,
      endLine: 3,
      endColumn: 48,
      tag: 'XTag',
      related: [{ file: 'sys files/a.c', line: 3, column: 77, message: 'ExAllocatePool2 in g' }],
    });
    expect(JSON.parse(output).filesScanned).toBe(2);
  });

  it('of a clean folder says so', async () => {
    const levels = levelsOption(RULE_IDS.map((id) => `${id}=off`));
    expect(await run({ levels })).toEqual({ output: 'No findings in 2 files.\n', exitCode: 0 });
  });
});

describe('the exit code', () => {
  it.for([
    ['error', [], 1],
    ['error', ['no-letter-or-digit=warning'], 0],
    ['warning', ['no-letter-or-digit=warning'], 1],
    ['warning', ['no-letter-or-digit=off', 'default-tag=information'], 0],
    ['information', ['no-letter-or-digit=off', 'default-tag=off'], 1],
    ['information', ['no-letter-or-digit=off', 'default-tag=off', 'known-tag=hint', 'untagged-allocation=off'], 0],
    ['hint', ['no-letter-or-digit=off', 'default-tag=off', 'known-tag=off', 'untagged-allocation=off'], 1],
  ] as const)('with --severity %s and %s is %s', async ([severity, rules, exitCode]) => {
    expect((await run({ severity, levels: levelsOption(rules) })).exitCode).toBe(exitCode);
  });
});

describe('SARIF', () => {
  it('has every rule with its help, and results that point to rules and places', async () => {
    const { output } = await run({ format: 'sarif', severity: 'hint' });
    const log = JSON.parse(output);
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ columnKind: 'utf16CodeUnits' }] });
    const [{ tool, results }] = log.runs;
    expect(tool.driver).toMatchObject({ name: 'Pool Lens', version: '1.2.3' });
    expect(tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(RULE_IDS);
    for (const rule of tool.driver.rules) {
      expect(rule.name).toMatch(/^[A-Z][A-Za-z]+$/);
      for (const text of [rule.shortDescription.text, rule.fullDescription.text, rule.help.text, rule.help.markdown])
        expect(text).toMatch(/\w/);
      expect(['none', 'note', 'warning', 'error']).toContain(rule.defaultConfiguration.level);
    }
    expect(tool.driver.rules.find((rule: { id: string }) => rule.id === 'deprecated-routine')).toMatchObject({
      defaultConfiguration: { enabled: false },
    });
    for (const result of results) expect(tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(results.map((r: { ruleId: string; level: string }) => [r.ruleId, r.level])).toContainEqual([
      'shared-tag',
      'note',
    ]);
    expect(results[0].locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'sys%20files/a.c', uriBaseId: '%SRCROOT%' },
          region: { startLine: 2, startColumn: 82, endLine: 2, endColumn: 88 },
        },
      },
    ]);
    expect(output).not.toContain(folder);
  });
});

describe('options', () => {
  it('refuse what they do not know', () => {
    for (const wrong of [
      () => formatOption('xml'),
      () => severityOption('off'),
      () => severityOption('fatal'),
      () => levelsOption(['nope=off']),
      () => levelsOption(['shared-tag']),
      () => levelsOption(['shared-tag=loud']),
    ])
      expect(wrong).toThrow(UsageError);
    expect(levelsOption(['shared-tag=off', 'shared-tag=error'])['shared-tag']).toBe('error');
  });

  it('are explained rule by rule', () => {
    const text = rulesAsText();
    for (const id of RULE_IDS) expect(text).toContain(`${id} (${DEFAULT_LEVELS[id]}): `);
  });
});
