/**
 * `npm test`: every check and every kind of test, one after the other, and a count at the end.
 *
 *   node test/run.mjs [step ...]     only these steps
 *
 * A step that fails does not keep the next from running. Vitest's reports lie in test-results/. The last line is
 * `N passed, N failed`, with `, N skipped` behind it where tests were skipped; exit code 1 when anything failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nodeBinary, REPOSITORY, toolEnvironment } from './host/tools.mjs';

const RESULTS = path.join(REPOSITORY, 'test-results');
const inPackages = (...parts) => path.join(REPOSITORY, 'node_modules', ...parts);

/** Runs a script under Node 24 with its output shown; its exit code. */
function node(script, args) {
  const { status, error } = spawnSync(nodeBinary(), [script, ...args], {
    cwd: REPOSITORY,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) console.error(`${path.basename(script)} could not be started: ${error.message}`);
  return status ?? 1;
}

/** A tool that passes or fails as one. */
function check(script, ...args) {
  return () => {
    const passed = node(script, args) === 0;
    return { passed: Number(passed), skipped: 0, failures: passed ? [] : ['see its output above'] };
  };
}

function build() {
  // A failed build must not leave an older package behind for the tests.
  const dist = path.join(REPOSITORY, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const file of readdirSync(dist)) if (file.endsWith('.vsix')) rmSync(path.join(dist, file));
  return check(path.join(REPOSITORY, 'build.mjs'), '--package')();
}

/** Counts of a vitest JSON report; a file that failed as a whole counts as one failure. */
function countReport(report) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: path.relative(REPOSITORY, file.name) })),
  );
  const failed = tests.filter((test) => test.status === 'failed');
  const failures = failed.map((test) => `${test.file}: ${test.fullName}`);
  for (const file of report.testResults) {
    const ownFailure = file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
    if (ownFailure) failures.push(`${path.relative(REPOSITORY, file.name)}: ${file.message.split('\n')[0]}`);
  }
  const count = (...statuses) => tests.filter((test) => statuses.includes(test.status)).length;
  return { passed: count('passed'), skipped: count('skipped', 'pending', 'todo', 'disabled'), failures };
}

/** One vitest project. */
function project(name) {
  return () => {
    const file = path.join(RESULTS, `${name}.json`);
    rmSync(file, { force: true });
    mkdirSync(RESULTS, { recursive: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const status = node(inPackages('vitest', 'vitest.mjs'), ['run', '--project', name, ...reporters]);
    let counts;
    try {
      counts = countReport(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return { passed: 0, skipped: 0, failures: [`vitest ended with ${status} and left no report`] };
    }
    if (status !== 0 && counts.failures.length === 0) counts.failures.push(`vitest ended with ${status}`);
    return counts;
  };
}

const STEPS = {
  lint: check(inPackages('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'),
  types: check(inPackages('typescript', 'bin', 'tsc'), '-b'),
  build,
  unit: project('unit'),
  ffi: project('ffi'),
  wine: project('wine'),
  proof: project('proof'),
  e2e: project('e2e'),
};

function main() {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(STEPS);
  const unknown = names.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(', ')}. Steps: ${Object.keys(STEPS).join(', ')}`);
    return 2;
  }
  const total = { passed: 0, skipped: 0, failures: [] };
  for (const name of names) {
    console.log(`\n── ${name}`);
    const begin = performance.now();
    const { passed, skipped, failures } = STEPS[name]();
    total.passed += passed;
    total.skipped += skipped;
    total.failures.push(...failures.map((failure) => `${name}: ${failure}`));
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`── ${name}: ${passed} passed, ${failures.length} failed, ${skipped} skipped in ${seconds} s`);
  }
  if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.map((line) => `  ${line}`).join('\n')}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failures.length} failed${skipped}`);
  return total.failures.length > 0 ? 1 : 0;
}

process.exitCode = main();
