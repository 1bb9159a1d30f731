import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttreeProcess } from '../support/terminal.js';

test('the README shows what the program prints', async () => {
  const [, block] = /\nprints\n\n```\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))!;
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
