import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTED = 'Ghosttree is connected to Discord and Slack.';
const START_MILLISECONDS = 30_000;
const STOP_MILLISECONDS = 30_000;

/** Small, so that the caches are full soon and what grows after that is no cache. */
export const CACHE_MEGABYTES = 4;

/** Resident memory in megabytes. */
export interface Memory {
  program: number;
  /** The processes it started: inference. */
  children: number;
}

/** `ghosttree serve` as a child process, started again when it dies. */
export class Program {
  deaths = 0;
  stderr = '';
  private process: ChildProcess | undefined;
  private stopping = false;

  private constructor(
    private readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** With the tests' tiny checkpoint, in a new folder, and with limits that `questions` questions fit into. */
  static async start(variables: Record<string, string>, questions: number): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), 'ghosttree-soak-'));
    const config = join(folder, 'config');
    await cp(resolve('test/fixtures/config'), config, { recursive: true });
    const settings = join(config, 'ghosttree.yaml');
    const text = await readFile(settings, 'utf8');
    const raised = text
      .replace(/^( +(?:perPerson|perChannel|perWorkspace|questions): )\d+/gm, `$1${questions}`)
      .replace(/^( +cacheMegabytes: )\d+/m, `$1${CACHE_MEGABYTES}`);
    await writeFile(settings, raised);
    const program = new Program(folder, {
      ...process.env,
      ...variables,
      GHOSTTREE_CONFIG: config,
      GHOSTTREE_STORE: join(folder, 'ghosttree.sqlite'),
    });
    await program.spawn();
    return program;
  }

  memory(): Memory {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
    const pid = this.process?.pid;
    const sum = (chosen: typeof rows) =>
      chosen.reduce((total, [, , kilobytes]) => total + kilobytes, 0) / 1024;
    return {
      program: sum(rows.filter(([own]) => own === pid)),
      children: sum(rows.filter(([, parent]) => parent === pid)),
    };
  }

  /** As an operator stops it. An end that is not clean counts as a death. */
  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.process!;
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const code = await Promise.race([ended, sleep(STOP_MILLISECONDS, 'late' as const, { ref: false })]);
    if (code !== 0) this.deaths += 1;
    child.kill('SIGKILL');
  }

  private async spawn(): Promise<void> {
    const child = spawn(process.execPath, [resolve('dist/src/main.js'), 'serve'], {
      cwd: this.folder,
      env: this.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    process.once('exit', () => child.kill('SIGKILL'));
    const before = this.stderr.length;
    child.stderr!.on('data', (data) => {
      this.stderr += data;
    });
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      this.deaths += 1;
      this.stderr += `\n[the process ended: ${signal ?? code}]\n`;
      void this.spawn();
    });
    const end = Date.now() + START_MILLISECONDS;
    while (!this.stderr.slice(before).includes(CONNECTED)) {
      if (Date.now() > end) throw new Error(`the program did not connect:\n${this.stderr}`);
      await sleep(20);
    }
  }
}
