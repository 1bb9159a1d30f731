import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isLong } from '../support/longRun.js';
import { strangersEnvironment } from '../support/strangers.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

/** Versions of Node.js beside the one that runs this: `script/test --long`. */

const MINUTES = 60_000;
const run = promisify(execFile);

/** The oldest that package.json promises, and those that are maintained. Whichever runs this shows it by itself. */
const running = process.versions.node;
const VERSIONS = ['20.9.0', '22', '24'].filter((version) => !`${running}.`.startsWith(`${version}.`));

/** @returns the path of a Node.js out of the registry, where its binaries are packages without install steps */
async function installedNode(version: string): Promise<string> {
  const folder = await temporaryFolder();
  const name = `node-linux-${process.arch}`;
  const words = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', `${name}@${version}`];
  await run('npm', words, { env: strangersEnvironment() });
  return join(folder, 'node_modules', name, 'bin/node');
}

describe.runIf(isLong && process.platform === 'linux')('on other versions of Node.js', () => {
  test.each(VERSIONS)(
    'unit and core tests pass on %s',
    async (version) => {
      const node = await installedNode(version);
      expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${version}\\b`));
      const words = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'core'];
      // Other tests run beside these. What a version breaks is broken the second time, too; a busy machine is not told.
      const patience = ['--retry', '1', '--testTimeout', String(10 * MINUTES)];
      const env = strangersEnvironment({ NEURONPEDIA_URL: 'off', NO_COLOR: '1' });
      const { stdout } = await run(node, [...words, ...patience], { env, maxBuffer: 64 << 20 }).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout.split('\n').filter((line) => /^ FAIL /.test(line))).toEqual([]);
      expect(stdout).toMatch(/^\d{3,} passed, 0 failed/m);
    },
    90 * MINUTES,
  );
});
