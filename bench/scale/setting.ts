import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Program } from '../../test/support/workerProgram.js';

/** A copy of a configuration with one inference thread and with limits that everything asked fits into. */
export async function roomyConfiguration(source: string): Promise<string> {
  const config = join(await mkdtemp(join(tmpdir(), 'ghosttree-scale-')), 'config');
  await cp(resolve(source), config, { recursive: true });
  const settings = join(config, 'ghosttree.yaml');
  const text = await readFile(settings, 'utf8');
  const raised = text
    .replace(/^( +(?:perPerson|perChannel|perWorkspace|questions): )\d+/gm, '$1100000')
    .replace(/^( +threads: )\w+/m, '$11');
  await writeFile(settings, raised);
  return config;
}

/** `ghosttree worker`, connected. */
export async function startWorker(model: string, config: string, url: string): Promise<Program> {
  const program = new Program(['worker', `model=${model}`], { GHOSTTREE_CONFIG: config, QUEUE_URL: url });
  process.once('exit', () => void program.stop('SIGKILL'));
  await program.says(`answers questions about ${model}`);
  return program;
}

/** Where a store can be that is not there yet. */
export async function newStore(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'ghosttree-scale-')), 'ghosttree.sqlite');
}

/**
 * `ghosttree serve`, connected to one platform and to the queue.
 *
 * @param platform variables that connect it
 */
export async function startFrontEnd(
  platform: Record<string, string>,
  config: string,
  url: string,
  store?: string,
): Promise<Program & { store: string }> {
  const location = store ?? (await newStore());
  const own = { GHOSTTREE_CONFIG: config, GHOSTTREE_STORE: location, QUEUE_URL: url };
  const none = { DISCORD_TOKEN: '', SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' };
  const program = new Program(['serve'], { ...none, ...platform, ...own });
  process.once('exit', () => void program.stop('SIGKILL'));
  await program.says('Ghosttree is connected to ');
  return Object.assign(program, { store: location });
}
