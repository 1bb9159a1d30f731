import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/index.js';
import { isLong } from '../support/longRun.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** What only takes long enough to be done before a release: `script/test --long`. */

const MINUTES = 60_000;
const run = promisify(execFile);

/** The environment of somebody who knows nothing of this folder: only where npm gets packages is as it is here. */
function strangers(folder: string): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_(registry|cache)$)|GHOSTTREE_|VITEST|NODE_ENV|NODE_OPTIONS|INIT_CWD)/;
  const variables = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(variables), XDG_DATA_HOME: join(folder, 'data'), NEURONPEDIA_URL: 'off' };
}

/** Packs this folder. @returns the tarball, and the paths in it */
async function packed(folder: string): Promise<{ tarball: string; paths: string[] }> {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', words, { maxBuffer: 64 << 20 });
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, filename), paths: files.map(({ path }) => path) };
}

describe.runIf(isLong)('the package', () => {
  test(
    'is installed in an empty folder as docs/installing.md says, and answers there',
    async () => {
      const folder = await temporaryFolder();
      const { tarball, paths } = await packed(folder);
      const { settings, models } = readConfiguration(resolve('config'));
      const inside = models.get(settings.model)!.folder.slice(resolve('.').length + 1);
      expect(paths.filter((path) => path.startsWith(`${inside}/`)).length).toBeGreaterThan(2);
      expect(paths.filter((path) => /^dist\/(test|bench|eval|docs)\/|\/train\/|\.py$/.test(path))).toEqual(
        [],
      );
      expect(paths).toEqual(
        expect.arrayContaining(['NOTICE', 'LICENSE', 'README.md', '.env.example', 'docs/slack.md']),
      );

      const [, block] = /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/installing.md', 'utf8'))!;
      const commands = block!.trim().replace(/\.\/ghosttree-[\d.]+\.tgz/, tarball);
      expect(commands).toContain(tarball);
      const empty = join(folder, 'empty');
      await mkdir(empty);
      const headers = resolve(process.execPath, '../..');
      const { stdout } = await run('bash', ['-euc', commands], {
        cwd: empty,
        env: {
          ...strangers(folder),
          // Headers of this Node.js, where it has them, so that nothing but the registry is asked.
          ...(existsSync(join(headers, 'include/node/node.h')) && {
            npm_config_nodedir: headers,
            npm_config_build_from_source: 'true',
          }),
        },
        maxBuffer: 64 << 20,
      });
      const [, picture] = /^Picture: (.*)$/m.exec(stdout)!;
      expect((await readFile(join(empty, picture!))).subarray(1, 4).toString()).toBe('PNG');
      expect(stdout).toContain(`${settings.model} · layer 10 · feature 777`);

      // What was derived lies with the user's data; the package is as it came.
      expect(existsSync(join(folder, 'data/ghosttree/models'))).toBe(true);
      const installed = readdirSync(join(empty, 'node_modules/ghosttree'), {
        recursive: true,
        withFileTypes: true,
      }).filter((entry) => entry.isFile());
      expect(installed.length).toBe(paths.length);

      // Without its binary of canvas it says so, and what to type.
      await run('rm', ['-r', join(empty, 'node_modules/canvas/build')]);
      const crippled = run('npx', ['ghosttree', 'feature', '10', '777'], {
        cwd: empty,
        env: strangers(folder),
      });
      await expect(crippled).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('npm rebuild canvas --ignore-scripts=false'),
      });
    },
    30 * MINUTES,
  );
});

describe.runIf(isLong && process.platform === 'linux')('on other versions of Node.js', () => {
  test.each(['20.9.0', '22', '24'])(
    'unit and core tests pass on %s',
    async (version) => {
      const folder = await temporaryFolder();
      const name = `node-linux-${process.arch}`;
      const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', `${name}@${version}`];
      await run('npm', install, { env: strangers(folder) });
      const node = join(folder, 'node_modules', name, 'bin/node');
      expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${version}\\b`));
      const words = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'core'];
      const { stdout } = await run(node, words, { env: strangers(folder), maxBuffer: 64 << 20 });
      expect(stdout).toMatch(/^\d{3,} passed, 0 failed/m);
    },
    90 * MINUTES,
  );
});
