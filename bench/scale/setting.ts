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

/** `ghosttree serve`, connected to Slack and to the queue. */
export async function startFrontEnd(
  slack: Record<string, string>,
  config: string,
  url: string,
): Promise<Program & { store: string }> {
  const store = join(await mkdtemp(join(tmpdir(), 'ghosttree-scale-')), 'ghosttree.sqlite');
  const own = { GHOSTTREE_CONFIG: config, GHOSTTREE_STORE: store, QUEUE_URL: url, DISCORD_TOKEN: '' };
  const program = new Program(['serve'], { ...slack, ...own });
  process.once('exit', () => void program.stop('SIGKILL'));
  await program.says('Ghosttree is connected to Slack.');
  return Object.assign(program, { store });
}
