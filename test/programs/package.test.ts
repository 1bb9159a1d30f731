import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/index.js';
import { isLong } from '../support/longRun.js';
import { strangersEnvironment } from '../support/strangers.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** The package, packed and installed as docs/installing.md says: `script/test --long`. */

const MINUTES = 60_000;
const run = promisify(execFile);

/** Nobody listens there: what wants to fetch something through it fails at once. */
const NOWHERE = 'http://127.0.0.1:9';

/** Puts a command where there is no network at all, where this system lets us. */
const unplugged = ['unshare', '--map-root-user', '--net'];
const canUnplug = spawnSync(unplugged[0]!, [...unplugged.slice(1), 'true']).status === 0;

/** What the document types in an empty folder: the last line asks, those before install. */
const [, block] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/installing.md', 'utf8'))!;
const lines = block!.trim().split('\n');
const question = lines.at(-1)!;

/** Headers of this Node.js, where it has them, so that compiling canvas asks nobody: the document tells how. */
const headers = resolve(process.execPath, '../..');
const compiling = existsSync(join(headers, 'include/node/node.h'))
  ? { npm_config_nodedir: headers, npm_config_build_from_source: 'true' }
  : {};

describe.runIf(isLong)('the package', () => {
  const { settings, models } = readConfiguration(resolve('config'));
  let folder: string;
  let paths: string[];
  let env: NodeJS.ProcessEnv;
  let stdout: string;

  /** Types a line in the folder that was empty. */
  const type = (line: string, more: NodeJS.ProcessEnv = {}) =>
    run('bash', ['-euc', line], { cwd: folder, env: { ...env, ...more }, maxBuffer: 64 << 20 });

  /** What a line that fails prints. */
  const failure = (line: string, more: NodeJS.ProcessEnv) =>
    type(line, more).then(
      () => '',
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );

  beforeAll(async () => {
    const around = await temporaryFolder();
    env = strangersEnvironment({ XDG_DATA_HOME: join(around, 'data') });
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', around];
    const packed = await run('npm', words, { maxBuffer: 64 << 20 });
    const [{ filename, files }] = JSON.parse(packed.stdout) as [
      { filename: string; files: { path: string }[] },
    ];
    paths = files.map(({ path }) => path);

    folder = join(around, 'empty');
    await mkdir(folder);
    const tarball = join(around, filename);
    for (const line of lines.slice(0, -1))
      await type(line.replace(/\.\/ghosttree-[\d.]+\.tgz/, tarball), { ...compiling, JOBS: 'max' });
    const apart = canUnplug ? unplugged : [];
    ({ stdout } = await type([...apart, question].join(' ')));
  }, 30 * MINUTES);

  test('holds the model and what messages point to, and no tests or measurements', () => {
    const inside = models.get(settings.model)!.folder.slice(resolve('.').length + 1);
    expect(paths.filter((path) => path.startsWith(`${inside}/`)).length).toBeGreaterThan(2);
    expect(paths.filter((path) => /^dist\/(test|bench|eval|docs)\/|\/train\/|\.py$/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining(['NOTICE', 'LICENSE', 'README.md', '.env.example', 'docs/slack.md']),
    );
  });

  test('answers where it was installed, without a network', async () => {
    const [, picture] = /^Picture: (.*)$/m.exec(stdout)!;
    expect((await readFile(join(folder, picture!))).subarray(1, 4).toString()).toBe('PNG');
    expect(stdout).toContain(`${settings.model} · layer 10 · feature 777`);
    expect(stdout).toContain(`\nRepeat: ${question}\n`);
  });

  test('writes into the data folder of the person, and is as it came', () => {
    expect(existsSync(join(folder, '../data/ghosttree/models'))).toBe(true);
    const installed = readdirSync(join(folder, 'node_modules/ghosttree'), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile());
    expect(installed.length).toBe(paths.length);
  });

  test('an install step of onnxruntime-node fetches, says that it was it when it fails, and can be told not to', async () => {
    const step = 'npm --prefix node_modules/onnxruntime-node run postinstall';
    const proxy = { GLOBAL_AGENT_HTTPS_PROXY: NOWHERE, GLOBAL_AGENT_HTTP_PROXY: NOWHERE };
    const failed = await failure(step, { ...proxy, ONNXRUNTIME_NODE_INSTALL: 'true' });
    expect(failed).toMatch(/onnxruntime-node@[\d.]+ postinstall$/m);
    expect(failed).toContain('ECONNREFUSED');
    await type(step, { ...proxy, ONNXRUNTIME_NODE_INSTALL: 'skip' });
  });

  test('an install step of canvas that fails says that it was it; the program then says what to type', async () => {
    // A folder without headers stands for a machine that lacks what canvas is compiled with.
    const bare = { npm_config_build_from_source: 'true', npm_config_nodedir: await temporaryFolder() };
    const step = lines.find((line) => line.includes('canvas'))!;
    expect(await failure(step, bare)).toMatch(/canvas@[\d.]+ install$/m);
    await expect(type(question)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(step) });
  });
});
