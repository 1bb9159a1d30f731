import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programName, shellLine, shellWord } from '../../../src/adapters/terminal/shell.js';
import { readShell } from '../../../src/configuration/environment.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { ghosttree, ghosttreeProcess } from '../../support/terminal.js';
import { fixture } from '../../support/tinyModel.js';

const WORDS = [
  '10',
  'a b',
  "it's",
  '"q"',
  '$HOME `x` \\ !x',
  '~',
  '=x',
  '*',
  '',
  'a\nb',
  '\x1b[31m%d',
  'ünï 寿司',
  '\u202eabc',
  "n\n'\\",
];

test.each(['sh', 'bash'])('%s reads every word as it is', (shell) => {
  for (const word of WORDS)
    expect(execFileSync(shell, ['-c', `printf %s. ${shellWord(word)}`], { encoding: 'utf8' })).toBe(
      `${word}.`,
    );
});

test('nothing that is printed can be seen as a control character', () => {
  for (const word of WORDS) expect(shellWord(word)).not.toMatch(/\p{C}/u);
});

describe('a line that is printed to repeat an answer runs in the shell', () => {
  const QUICK = ['cutoff=0.05', 'tokens=5'];
  test.each([
    [['feature', '0', '7', ...QUICK, 'theme=light']],
    [['feature', '0', '7', ...QUICK, `prompt=It's $HOME; a "{ghost}" (or \`x\`) is "`]],
    [['activate', '0', '7', 'the ship', '--', 'a=b', 'it\'s "x"']],
    [['activate', '0', '7', '--', '777', '-1', 'a=b & c']],
    [['activate', '0', '--', 'random']],
    [['kind', '0', '7']],
    [['sweep', '0', '7']],
    [['compare', '0', '7', ...QUICK]],
    [['dream', '0', '7', 'budget=1000', 'length=3']],
  ])('%j', async (args) => {
    const cwd = await temporaryFolder();
    const first = await ghosttree(args, { cwd });
    expect(first.code).toBe(0);
    const [, line] = /^Repeat: (.*)$/m.exec(first.stdout)!;
    const again = await ghosttree(wordsOf(line!), { cwd });
    expect(again.code).toBe(0);
    expect(again.stdout).toBe(first.stdout);
  });

  test('without anything between them', async () => {
    const cwd = await temporaryFolder();
    const args = ['feature', '0', '7', ...QUICK, `prompt=It's $HOME; a "{ghost}" (or \`x\`) is "`];
    const first = await ghosttreeProcess(args, { cwd });
    const [, line] = /^Repeat: (.*)$/m.exec(first.stdout)!;
    const env = { ...process.env, GHOSTTREE_CONFIG: fixture('config') };
    const again = spawnSync('sh', ['-c', line!], { cwd, env, encoding: 'utf8' });
    expect(again.status).toBe(0);
    expect(again.stdout).toBe(first.stdout);
  });
});

/** The words that a shell starts the program with for this line. */
function wordsOf(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `node() { printf '%s\\0' "$@"; }\n${line}`], {
    encoding: 'utf8',
  });
  const [program, ...words] = stdout.split('\0').slice(0, -1);
  expect(program).toBe(resolve('dist/src/main.js'));
  return words;
}

test('what help and models print as commands runs there, too', async () => {
  const env = { ...process.env, GHOSTTREE_CONFIG: fixture('config') };
  const { stdout } = await ghosttree([]);
  const [, line] = /^More about one: (.*)$/m.exec(stdout)!;
  const { status, stdout: about } = spawnSync('sh', ['-c', line!], { env, encoding: 'utf8' });
  expect(status).toBe(0);
  const examples = about.split('Examples:\n')[1]!.trim().split('\n');
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples)
    expect(example.trim()).toMatch(/^node (\/.*\/)?dist\/src\/main\.js feature /);
});

test('the program is named as it was called', async () => {
  const folder = await temporaryFolder();
  const program = resolve('dist/src/main.js');
  const called = (argv: string, env: NodeJS.ProcessEnv, cwd = folder) =>
    programName(
      { argv: ['node', argv], execArgv: [], execPath: process.execPath, cwd: () => cwd },
      readShell(env),
    );
  const { PATH } = process.env;
  expect(called(program, { PATH })).toBe(`node ${program}`);
  expect(called(program, { PATH }, resolve('.'))).toBe('node dist/src/main.js');
  expect(called(program, { PATH: '' })).toBe(`${process.execPath} ${program}`);
  expect(called(program, { PATH, npm_command: 'exec', npm_lifecycle_script: "'ghosttree' feature" })).toBe(
    'npx ghosttree',
  );
  expect(called(program, { PATH, npm_command: 'exec', npm_lifecycle_script: 'vitest' })).toBe(
    `node ${program}`,
  );
  await mkdir(join(folder, 'bin'));
  await symlink(program, join(folder, 'bin/ghosttree'));
  expect(called(join(folder, 'bin/ghosttree'), { PATH: `${folder}/bin:${PATH}` })).toBe('ghosttree');
  // Another program of the name comes first.
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'other/ghosttree'), '#!/bin/sh\n');
  await chmod(join(folder, 'other/ghosttree'), 0o755);
  expect(called(program, { PATH: `${folder}/other:${folder}/bin:${PATH}` })).toBe(`node ${program}`);
});

test('texts come last, behind --', () => {
  expect(shellLine(`activate 0 7 'a=b' "it's" theme=light`, 'ghosttree')).toBe(
    `ghosttree activate 0 7 theme=light -- a=b 'it'\\''s'`,
  );
});
