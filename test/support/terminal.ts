import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './temporaryFolder.js';
import { fixture } from './tinyModel.js';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the program as a person would, on the tiny checkpoint, in a folder of its own. */
export async function ghosttree(
  args: string[],
  options: { config?: string; cwd?: string; env?: object } = {},
): Promise<Outcome> {
  const cwd = options.cwd ?? (await temporaryFolder());
  const env = { ...process.env, GHOSTTREE_CONFIG: options.config ?? fixture('config'), ...options.env };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('dist/src/main.js'), ...args],
      { cwd, env, maxBuffer: 64e6 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
  });
}

/** A copy of the tiny checkpoint that a test may damage, and a configuration that names it. */
export async function damagedModel(damage: (folder: string) => Promise<void>): Promise<string> {
  const folder = await temporaryFolder();
  await cp(fixture('tiny-gpt2'), join(folder, 'model'), { recursive: true });
  await cp(fixture('config'), join(folder, 'config'), { recursive: true });
  const catalogue = join(folder, 'config/models.yaml');
  const text = await readFile(catalogue, 'utf8');
  await writeFile(catalogue, text.replaceAll('test/fixtures/tiny-gpt2', join(folder, 'model')));
  await damage(join(folder, 'model'));
  return join(folder, 'config');
}
