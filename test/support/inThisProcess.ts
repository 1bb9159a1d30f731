import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../src/run.js';
import { sharedCore } from './sharedCore.js';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** What the process was started with, as far as the program can tell: help says how to call it again. */
const PROGRAM = resolve('dist/src/main.js');

/** A process has one environment and one folder: who runs a program in it waits for the one before. */
let last: Promise<unknown> = Promise.resolve();

/** A run of the program in this process. */
export interface Run {
  /** What it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** When the program has ended. */
  readonly outcome: Promise<Outcome>;
  /** As Ctrl-C does, once it runs. */
  interrupt(): void;
}

interface Surroundings {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/**
 * Runs the program in this process, where its modules are loaded once and questions go to one core, as if it were
 * started with these words, in this folder and with these variables. What only a process of its own shows (signals,
 * pipes that close, what is left when it ends) is for `ghosttreeProcess`.
 */
export function runInThisProcess(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  return startInThisProcess(args, surroundings).outcome;
}

/** As `runInThisProcess`, for who watches the program while it runs, or interrupts it. */
export function startInThisProcess(args: readonly string[], { cwd, env }: Surroundings): Run {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const listening = new Set<unknown>();
  let isRunning = false;
  const outcome = last.then(async () => {
    for (const listener of process.rawListeners('SIGINT')) listening.add(listener);
    isRunning = true;
    try {
      return await runNow(args, cwd, env, stdout, stderr);
    } finally {
      isRunning = false;
    }
  });
  last = outcome.catch(() => {});
  return {
    get stdout() {
      return stdout.text;
    },
    get stderr() {
      return stderr.text;
    },
    outcome,
    interrupt() {
      if (!isRunning) return;
      // Only what the program listens with: vitest listens, too.
      for (const listener of process.rawListeners('SIGINT')) if (!listening.has(listener)) listener('SIGINT');
    },
  };
}

async function runNow(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stdout: Collected,
  stderr: Collected,
): Promise<Outcome> {
  const before = {
    argv: process.argv,
    execArgv: process.execArgv,
    env: process.env,
    cwd: process.cwd(),
    exitCode: process.exitCode,
  };
  const streams = { stdout: propertyOf('stdout'), stderr: propertyOf('stderr') };
  const { exit, once, off } = process;
  let exitCode: number | undefined;
  process.argv = [process.execPath, PROGRAM, ...args];
  process.execArgv = [];
  process.env = env;
  process.exitCode = undefined;
  process.chdir(cwd);
  Object.defineProperty(process, 'stdout', { ...streams.stdout, get: () => stdout });
  Object.defineProperty(process, 'stderr', { ...streams.stderr, get: () => stderr });
  process.exit = (code) => {
    exitCode = Number(code ?? process.exitCode ?? 0);
    stdout.destroy();
    stderr.destroy();
    throw new Error('The program has ended.');
  };
  try {
    await run(args, { stdout: process.stdout, stderr: process.stderr, once, off, createCore: sharedCore });
    return { code: exitCode ?? Number(process.exitCode ?? 0), stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.exit = exit;
    Object.defineProperty(process, 'stdout', streams.stdout);
    Object.defineProperty(process, 'stderr', streams.stderr);
    process.chdir(before.cwd);
    process.argv = before.argv;
    process.execArgv = before.execArgv;
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
}

function propertyOf(name: 'stdout' | 'stderr'): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(process, name)!;
}

/** What is written to a pipe. */
class Collected extends Writable {
  private readonly chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
}
