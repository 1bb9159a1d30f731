import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fixture } from './tinyModel.js';
import { until } from './until.js';

/** Time for a program to start on a busy machine, in milliseconds. */
const START = 100_000;

/** A program of this house as an operator runs it. */
export class Program {
  stderr = '';
  exitCode: number | null | undefined;
  private readonly process: ChildProcess;

  /** @param args words after `ghosttree`, or the path of another script and its words */
  constructor(args: string[], env: Record<string, string>, script = resolve('dist/src/main.js')) {
    this.process = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, GHOSTTREE_CONFIG: fixture('config'), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr!.on('data', (data) => {
      this.stderr += data;
    });
    this.process.once('exit', (code) => {
      this.exitCode = code;
    });
  }

  /** `ghosttree worker`, ready to answer. */
  static async worker(url: string, script?: string): Promise<Program> {
    const program = new Program(['worker', 'model=tiny-gpt2'], { QUEUE_URL: url }, script);
    await program.says('answers questions about tiny-gpt2');
    return program;
  }

  async says(text: string): Promise<void> {
    await until(
      `the program says: ${text}`,
      () => this.stderr.includes(text) || this.exitCode !== undefined,
      START,
    );
    if (!this.stderr.includes(text)) throw new Error(`the program ended: ${this.stderr}`);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** @returns the exit code, null after SIGKILL */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.exitCode !== undefined) return this.exitCode;
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    await exited;
    return this.exitCode ?? null;
  }
}
