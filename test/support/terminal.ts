import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Outcome, type Run, runInThisProcess, startInThisProcess } from './inThisProcess.js';
import { temporaryFolder } from './temporaryFolder.js';
import { fixture } from './tinyModel.js';

export type { Outcome, Run };

interface Surroundings {
  /** Folder with the configuration; the tiny checkpoint's when it is left out. */
  config?: string;
  /** A folder of its own when it is left out. */
  cwd?: string;
  env?: object;
}

/** Runs the program to its end in the process of the test, which is the quick way. */
export async function ghosttree(args: string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return runInThisProcess(args, await readSurroundings(surroundings));
}

/** Starts the program in the process of the test, for who watches it while it runs. */
export async function startGhosttree(args: string[], surroundings: Surroundings = {}): Promise<Run> {
  return startInThisProcess(args, await readSurroundings(surroundings));
}

/** Runs the program to its end in a process of its own, as a person would. */
export async function ghosttreeProcess(args: string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { cwd, env } = await readSurroundings(surroundings);
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('dist/src/main.js'), ...args],
      { cwd, env, maxBuffer: 64e6 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
  });
}

async function readSurroundings({ config = fixture('config'), cwd, env }: Surroundings) {
  return {
    cwd: cwd ?? (await temporaryFolder()),
    env: { ...process.env, GHOSTTREE_CONFIG: config, ...env },
  };
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
