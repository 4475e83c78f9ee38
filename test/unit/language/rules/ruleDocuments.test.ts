/** The table of rules, the settings and the README say the same. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../../../language/rules/rule.ts';
import { DEFAULT_LEVELS, RULE_IDS, RULES } from '../../../../language/rules/ruleTable.ts';
import { ruleLevels } from '../../../../language/settings.ts';

const read = (name: string) => readFileSync(resolve(import.meta.dirname, '../../../..', name), 'utf8');
const settings = JSON.parse(read('package.json')).contributes.configuration.properties;
const readme = read('README.md');

describe('every rule', () => {
  it.for(RULE_IDS)('%s has its setting and its line in the README', (id) => {
    const { level, summary, help, source } = RULES[id];
    expect(settings[`poolLens.rules.${id}`]).toMatchObject({
      enum: LEVELS,
      default: level,
      markdownDescription: `${summary} ${help}`,
    });
    expect(readme).toContain(`| \`${id}\` | ${level} | ${summary} |`);
    expect(source).not.toBe('');
  });

  it('is the only kind of setting below poolLens.rules', () => {
    const named = Object.keys(settings).filter((key) => key.startsWith('poolLens.rules.'));
    expect(named.map((key) => key.slice('poolLens.rules.'.length))).toEqual(RULE_IDS);
  });
});

it('levels that are none leave the defaults', () => {
  expect(ruleLevels(null)).toEqual(DEFAULT_LEVELS);
  expect(ruleLevels(['off'])).toEqual(DEFAULT_LEVELS);
  expect(ruleLevels({ 'shared-tag': 'loud', 'known-tag': 'error', other: 'off' })).toEqual({
    ...DEFAULT_LEVELS,
    'known-tag': 'error',
  });
});
