import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assign } from './cli/assign.ts';
import { check, formatOption, levelsOption, rulesAsText, severityOption } from './cli/check.ts';
import { convert, exportFormat } from './cli/convert.ts';
import { mark } from './cli/mark.ts';
import { restore } from './cli/restore.ts';
import { folderArgument, scan, sitesAsJson, sitesAsText } from './cli/sites.ts';
import { EXIT, HELP, UsageError } from './cli/usage.ts';
import { verdict } from './cli/verdict.ts';
import { isSortKey, watch } from './cli/watch.ts';

function numberOption(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!(value >= low && value <= high))
    throw new UsageError(`--${name} ${text}: expected a number from ${low} to ${high}.`);
  return value;
}

/** Waits until what was written is out: a pipe may take it slowly. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

function oneFolder(positionals: readonly string[]): string {
  if (positionals.length > 1)
    throw new UsageError(`One folder at a time: ${positionals.slice(1).join(' ')} is too much.`);
  return folderArgument(positionals[0]);
}

function version(): string {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8')).version;
}

async function runSites(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, cache: { type: 'string' } },
  });
  const folder = oneFolder(positionals);
  const snapshot = await scan(folder, values.cache);
  await print(
    values.json ? `${JSON.stringify(sitesAsJson(folder, snapshot), null, 1)}\n` : sitesAsText(folder, snapshot),
  );
}

/** Answers the exit code. */
async function runCheck(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      severity: { type: 'string', default: 'warning' },
      rule: { type: 'string', multiple: true, default: [] },
      tags: { type: 'string', multiple: true, default: [] },
      cache: { type: 'string' },
    },
  });
  const { output, exitCode } = await check(oneFolder(positionals), {
    format: formatOption(values.format),
    severity: severityOption(values.severity),
    levels: levelsOption(values.rule),
    tagFiles: values.tags,
    cache: values.cache,
    version: version(),
  });
  await print(output);
  return exitCode;
}

function oneFile(positionals: readonly string[]): string {
  if (positionals.length !== 1) throw new UsageError('Name one file: a recording, or a log of pool tags.');
  return positionals[0];
}

const warn = (message: string) => process.stderr.write(`${message}\n`);

async function runConvert(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { to: { type: 'string' } } });
  await convert(oneFile(positionals), exportFormat(values.to), print, warn);
}

/** Answers the exit code. */
async function runVerdict(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      workspace: { type: 'string' },
      tags: { type: 'string', multiple: true, default: [] },
    },
  });
  const { output, leaks } = await verdict(oneFile(positionals), {
    json: values.json,
    workspace: values.workspace === undefined ? undefined : folderArgument(values.workspace),
    tags: values.tags,
    warn,
  });
  await print(output);
  return leaks ? EXIT.findings : EXIT.ok;
}

async function runMark(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { operations: { type: 'string' } },
  });
  const operations = values.operations === undefined ? null : numberOption('operations', values.operations, 1, 1e12);
  await print(await mark(positionals, operations));
}

async function runWatch(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      interval: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      count: { type: 'string' },
      sort: { type: 'string', default: 'b' },
      simulated: { type: 'string' },
    },
  });
  if (!isSortKey(values.sort)) throw new UsageError(`--sort ${values.sort}: expected one of b, m, t, a, f, d.`);
  await watch({
    intervalMs: numberOption('interval', values.interval, 0.25, 60) * 1000,
    json: values.json,
    count: values.count === undefined ? undefined : numberOption('count', values.count, 1, 1e9),
    sort: values.sort,
    simulated: values.simulated === undefined ? undefined : folderArgument(values.simulated),
    samplerFile: path.join(import.meta.dirname, 'sampler.js'),
  });
}

async function runRestore(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      tag: { type: 'string' },
      site: { type: 'string' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  await print(await restore(oneFolder(positionals), values));
}

async function runAssign(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      tag: { type: 'string' },
      site: { type: 'string' },
      all: { type: 'boolean', default: false },
      frees: { type: 'string', default: 'together' },
      wrappers: { type: 'string' },
      insist: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      list: { type: 'string' },
      avoid: { type: 'string', multiple: true, default: [] },
      tags: { type: 'string', multiple: true, default: [] },
    },
  });
  const { tags: tagFiles, ...options } = values;
  await print(await assign(oneFolder(positionals), { ...options, tagFiles }));
}

/** Answers the exit code. */
async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'check':
      return runCheck(args);
    case 'sites':
      await runSites(args);
      break;
    case 'assign':
      await runAssign(args);
      break;
    case 'restore':
      await runRestore(args);
      break;
    case 'verdict':
      return runVerdict(args);
    case 'convert':
      await runConvert(args);
      break;
    case 'mark':
      await runMark(args);
      break;
    case 'rules':
      await print(rulesAsText());
      break;
    case 'watch':
      await runWatch(args);
      break;
    case '--version':
      await print(`${version()}\n`);
      break;
    case '--help':
    case '-h':
    case 'help':
      await print(HELP);
      break;
    case undefined:
      throw new UsageError(
        'A command is missing: sites, check, assign, restore, rules, watch, verdict, convert or mark. See pool-lens --help.',
      );
    default:
      throw new UsageError(`${command}: no such command. See pool-lens --help.`);
  }
  return EXIT.ok;
}

// Whoever reads the output may have seen enough.
process.stdout.on('error', () => process.exit(EXIT.ok));

main(process.argv.slice(2)).then(
  (exitCode) => process.exit(exitCode),
  (error: Error & { code?: string }) => {
    const misused = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`pool-lens: ${misused ? error.message : error.stack}\n`);
    process.exit(EXIT.usage);
  },
);
