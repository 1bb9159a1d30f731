import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { planLine } from '../../commands/index.js';
import type { CommandContext } from '../../commands/line/command.js';
import { readConfiguration } from '../../src/configuration/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { PROGRAMS } from '../../src/programs/index.js';
import type { ScheduleBook } from '../../src/schedule/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttreeProcess } from '../support/terminal.js';

const readme = readFileSync('README.md', 'utf8');
const section = (heading: string) => readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;

const context: CommandContext = {
  configuration: readConfiguration(resolve('config')),
  jobs: {} as Jobs,
  schedules: {} as ScheduleBook,
};

/** Questions of the table and what it types: options alone belong to the line before them. */
const typed = [...section('What people ask').matchAll(/^\| (.*?) \| (`.*?) \|$/gm)].flatMap(
  ([, question, cell]) => {
    const codes = [...cell!.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
    return codes.map((code) => [question!, /^[a-z]+=/.test(code) ? `${codes[0]} ${code}` : code] as const);
  },
);

test.each(typed)('"%s" is what %s asks', (_, line) => {
  const [name] = line.split(' ');
  const plan = planLine(line, context);
  expect(plan.line).toMatch(new RegExp(`^${name}\\b`));
  // The line of an answer asks the same again, so nothing of what was typed is lost.
  expect(planLine(plan.line, context).line).toBe(plan.line);
  for (const option of line.match(/\b[a-z]+=\S+/g) ?? []) expect(plan.line).toContain(option);
});

test('the table has a row for every kind of question, and no command twice', () => {
  expect(typed.length).toBeGreaterThan(12);
  expect(new Set(typed.map(([, line]) => line)).size).toBe(typed.length);
});

test('every other line that the README types can be typed', () => {
  const lines = [...readme.matchAll(/npx ghosttree ([^`)\n]+)/g)].map(([, line]) => line!.trim());
  expect(lines.length).toBeGreaterThan(7);
  const { models } = context.configuration;
  for (const line of lines) {
    const [name, ...words] = line.split(' ');
    const program = PROGRAMS.find((candidate) => candidate.name === name);
    if (program) {
      // A program is typed as its help shows it.
      const usual = [program.name, ...program.examples].includes(line);
      expect([line, usual || (name === 'pull' && models.has(words[0]!))]).toEqual([line, true]);
      continue;
    }
    const larger = /model=(\S+)/.exec(line)?.[1];
    if (larger === undefined) expect(planLine(line, context).line).toBe(line);
    // Which is to be pulled first, as the README says above it.
    else expect(() => planLine(line, context)).toThrow(`pull ${larger}`);
  }
});

test('files and scripts that the README names are there, and scripts can be started', () => {
  const code = [...readme.matchAll(/`([^`\n]+)`|^ {4}(\S+)/gm)].map(([, span, block]) => (span ?? block)!);
  const scripts = code.filter((text) => text.startsWith('script/')).map((text) => text.split(' ')[0]!);
  expect(new Set(scripts)).toEqual(new Set(['script/demo', 'script/test']));
  for (const script of scripts) accessSync(script, constants.X_OK);
  const copied = code.flatMap((text) => /^cp (\S+) \S+$/.exec(text)?.[1] ?? []);
  expect(copied.length).toBeGreaterThan(1);
  expect(copied.filter((file) => !existsSync(file))).toEqual([]);
});

test('the README shows what the program prints', async () => {
  const [, block] = /\nprints\n\n```\n([\s\S]*?)```/.exec(readme)!;
  const out = join(await temporaryFolder(), 'tree.png');
  const { code, stdout } = await ghosttreeProcess(['feature', '10', '777', '--out', out], {
    config: resolve('config'),
    cwd: resolve('.'),
    // What npx sets, as the README tells to use it.
    env: { npm_command: 'exec', npm_lifecycle_script: 'ghosttree' },
  });
  expect(code).toBe(0);
  const printed = new Set(stdout.split('\n').map((line) => line.trim()));
  const shown = block!.split('\n').map((line) => line.trim());
  expect(shown.length).toBeGreaterThan(20);
  const skipped = (line: string) => line === '...' || line.startsWith('Picture: ');
  expect(shown.filter((line) => !skipped(line) && !printed.has(line))).toEqual([]);
});
