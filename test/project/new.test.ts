import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isLong } from '../support/longRun.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** `script/new`: what it lays down, in a copy. */

const MINUTES = 60_000;
const run = promisify(execFile);
const CHANGED = [
  'commands/index.ts',
  'docs/commands.md',
  'docs/models.md',
  'src/core/weights/graph/families/index.ts',
];

/** A folder with the files that `script/new` changes. */
async function house(): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of CHANGED) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(path, join(folder, path));
  }
  return folder;
}

function make(cwd: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('script/new.mjs'), ...words], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Lines of a file in the copy that the original does not have. */
async function added(folder: string, path: string): Promise<string[]> {
  const before = new Set((await readFile(path, 'utf8')).split('\n'));
  return (await readFile(join(folder, path), 'utf8')).split('\n').filter((line) => !before.has(line));
}

test('a command gets its file, its test, its place in the list and its row in the documents', async () => {
  const folder = await house();
  const { status, stdout } = make(folder, 'command', 'neighbours');
  expect(status).toBe(0);
  expect(stdout).toContain('wrote    commands/neighbours.ts\nwrote    test/commands/neighbours.test.ts\n');
  expect(stdout).toContain('to do    ');
  expect(await added(folder, 'commands/index.ts')).toEqual([
    "import { neighbours } from './neighbours.js';",
    expect.stringMatching(/return \[feature, .*, settings, neighbours, models, help\];/),
  ]);
  expect(await added(folder, 'docs/commands.md')).toEqual([
    '| `neighbours` | `neighbours <layer> <feature> [model=...]` | what neighbours says of a feature |',
  ]);
  for (const path of ['commands/neighbours.ts', 'test/commands/neighbours.test.ts'])
    expect(await readFile(join(folder, path), 'utf8')).not.toMatch(/\{(name|identifier)\}/);
});

test('a family gets its file, its test, its entry and its name in the documents', async () => {
  const folder = await house();
  expect(make(folder, 'family', 'gpt_neo').status).toBe(0);
  expect(await added(folder, 'src/core/weights/graph/families/index.ts')).toEqual([
    "import { gptNeo } from './gptNeo.js';",
    "    'gpt_neo': gptNeo,",
  ]);
  expect(await readFile(join(folder, 'src/core/weights/graph/families/gptNeo.ts'), 'utf8')).toContain(
    'export const gptNeo: Architecture',
  );
  expect(await added(folder, 'docs/models.md')).toEqual([
    expect.stringContaining('`qwen3`, `gpt_neo`) takes one entry'),
  ]);
});

test.each([
  [['command'], /^Usage: script\/new <command\|family> NAME/],
  [['picture', 'x'], /^Usage/],
  [['constructor', 'x'], /^Usage/],
  [['command', 'a', 'b'], /^Usage/],
  [['command', '../x'], /^"..\/x" is no name for a command: expected 2 to 20 small letters/],
  [['command', 'Near'], /^"Near" is no name/],
  [['family', 'Phi 3'], /^"Phi 3" is no name for a family: expected the model_type/],
])('%j is refused, and nothing is written', async (words, message) => {
  const folder = await house();
  const { status, stderr } = make(folder, ...words);
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  for (const path of CHANGED) expect(await added(folder, path)).toEqual([]);
});

test('what is there already is left alone', async () => {
  const folder = await house();
  expect(make(folder, 'family', 'phi3').status).toBe(0);
  const again = make(folder, 'family', 'phi3');
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('phi3.ts already') });
  // A command of the house that is a folder is one, too.
  const whole = make('.', 'command', 'sweep');
  expect(whole).toMatchObject({
    status: 2,
    stderr: 'There is commands/sweep already: choose another name.\n',
  });
  expect(existsSync('commands/sweep.ts')).toBe(false);
});

describe.runIf(isLong)('in a copy of everything', () => {
  test(
    'what was laid down compiles, is in order, and its tests and those of the house pass',
    async () => {
      const folder = await temporaryFolder();
      const copied = 'src commands renderers bench eval test docs config script package.json'.split(' ');
      const files = 'tsconfig.json tsconfig.build.json biome.json vitest.config.ts'.split(' ');
      const documents = 'README.md CONTRIBUTING.md CODE_OF_CONDUCT.md SECURITY.md CHANGELOG.md'.split(' ');
      const named = 'LICENSE NOTICE Dockerfile compose.yaml deploy .gitignore .env.example'.split(' ');
      for (const path of [...copied, ...files, ...documents, ...named])
        await cp(path, join(folder, path), { recursive: true });
      for (const path of ['node_modules', 'models']) await symlink(resolve(path), join(folder, path));
      expect(make(folder, 'command', 'neighbours').status).toBe(0);
      expect(make(folder, 'family', 'gpt_neo').status).toBe(0);
      const { GHOSTTREE_LONG: _, ...env } = process.env;
      const inCopy = (...words: string[]) => run('npx', words, { cwd: folder, env, maxBuffer: 64 << 20 });
      await inCopy('tsc', '--noEmit');
      const written = ['commands', 'src/core/weights/graph', 'test/commands', 'test/core/weights/graph'];
      await inCopy('biome', 'check', '--error-on-warnings', '--vcs-enabled=false', ...written);
      await run('npm', ['run', '--silent', 'build'], { cwd: folder, env });
      const tests = [
        'commands/neighbours',
        'core/weights/graph/gptNeo',
        'project/architecture',
        'project/docs',
        'commands/outsideKeys',
      ].map((name) => `dist/test/${name}.test.js`);
      const { stdout } = await inCopy('vitest', 'run', ...tests);
      expect(stdout).toMatch(/^\d{2,} passed, 0 failed/m);
    },
    30 * MINUTES,
  );
});
