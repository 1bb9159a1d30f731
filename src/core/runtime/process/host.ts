import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { AnswerProgress, QuestionKind, Report } from '../../features/questions.js';
import { CancelledError, EngineError, InputError } from '../../report/errors.js';
import type { InferenceEvent } from './events.js';
import type { Command, Job, Message } from './messages.js';
import { requestsWithin } from './requests.js';

/** What a caller may do while a job runs. */
export interface JobControl {
  /** Of the command that asks, for logs. */
  id?: string | undefined;
  /** Cancels the job within one batch. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: AnswerProgress) => void) | undefined;
}

/** Patience with the inference process, in milliseconds. */
export interface HostSettings {
  /** Without a sign of life for so long a job is given up and its process replaced. */
  stallMilliseconds: number;
  /** A process that has not followed a cancel or stop for so long is killed. */
  graceMilliseconds: number;
}

/** A line without an end is passed on in pieces of so many characters. */
const LONGEST_LINE = 4096;

/** Without limits: what a question may cost is decided before it comes here. */
const REQUESTS = requestsWithin({ nodes: Number.MAX_SAFE_INTEGER, dreamTokens: Number.MAX_SAFE_INTEGER });

/**
 * Runs jobs one after another in an inference process, and replaces the process when it dies or hangs.
 */
export class InferenceHost {
  private child: ChildProcess | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** Of the running job. */
  private id: string | undefined;

  constructor(
    private readonly settings: HostSettings,
    private readonly entry: URL = new URL('./index.js', import.meta.url),
    private readonly watch?: ((event: InferenceEvent) => void) | undefined,
  ) {}

  /**
   * @throws {InputError} when it is something that the person who asked can mend
   * @throws {CancelledError} when the signal was raised or the host closed
   * @throws {EngineError} when the process died or hung, or the job is not a valid one
   */
  run<K extends QuestionKind>(job: Job<K>, control: JobControl = {}): Promise<Report<K>> {
    const result = this.queue.then(() => this.runNow(job, control));
    this.queue = result.catch(() => {});
    return result;
  }

  /** Cancels the running job, lets the process end by itself and kills it if it does not. */
  async close(): Promise<void> {
    this.closed = true;
    const { child } = this;
    if (!child || hasExited(child)) return;
    const exited = once(child, 'exit');
    send(child, { type: 'stop' });
    const kill = setTimeout(() => child.kill('SIGKILL'), this.settings.graceMilliseconds);
    await exited;
    clearTimeout(kill);
  }

  private runNow<K extends QuestionKind>(
    job: Job<K>,
    { signal, onProgress }: JobControl,
  ): Promise<Report<K>> {
    if (this.closed) return Promise.reject(new CancelledError('Ghosttree is shutting down.'));
    if (signal?.aborted) return Promise.reject(new CancelledError());
    const problem = problemOf(job);
    if (problem) return Promise.reject(this.unfit(job, new TypeError(problem)));
    if (!this.child || hasExited(this.child)) this.child = this.start();
    this.id = job.id;
    const { child } = this;
    const { stallMilliseconds, graceMilliseconds } = this.settings;

    return new Promise<Report<K>>((resolve, reject) => {
      let killed: Error | undefined;
      const kill = (reason: Error) => {
        killed = reason;
        child.kill('SIGKILL');
      };
      const stalled = new EngineError(
        `The inference process gave no sign of life for ${stallMilliseconds / 1000} s and was replaced; try again, with a higher cutoff if it happens again.`,
      );
      let watchdog = setTimeout(kill, stallMilliseconds, stalled);
      const onAbort = () => {
        send(child, { type: 'cancel' });
        clearTimeout(watchdog);
        watchdog = setTimeout(kill, graceMilliseconds, new CancelledError());
      };
      const onMessage = (message: Message) => {
        if (!signal?.aborted) watchdog.refresh();
        if (message.type === 'progress') onProgress?.(message.progress);
        else if (message.type === 'done') settle(() => resolve(message.report as Report<K>));
        else if (message.type === 'failed') settle(() => reject(errorOf(message)));
      };
      const onExit = (code: number | null, exitSignal: string | null) =>
        settle(() => {
          const how = exitSignal ? `by ${exitSignal}` : `with code ${code}`;
          const closing = this.closed ? new CancelledError('Ghosttree is shutting down.') : undefined;
          reject(
            killed ??
              closing ??
              new EngineError(`The inference process died ${how} and was replaced; try again.`),
          );
        });
      const settle = (outcome: () => void) => {
        this.id = undefined;
        clearTimeout(watchdog);
        signal?.removeEventListener('abort', onAbort);
        child.off('message', onMessage);
        child.off('exit', onExit);
        outcome();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      child.on('message', onMessage);
      child.on('exit', onExit);
      try {
        send(child, { type: 'run', job });
      } catch (error) {
        // The job cannot be serialised; the process never received it and goes on.
        settle(() => reject(this.unfit(job, error as Error)));
      }
    });
  }

  /** Reports a job that the process was not given. */
  private unfit({ id, kind, source }: Job, { message, stack }: Error): EngineError {
    const failed = { message, stack, job: { id, kind, model: source.id } };
    this.watch?.({ type: 'failed', kind: 'fault', ...failed });
    return new EngineError(`The question cannot be computed: ${message}`);
  }

  private start(): ChildProcess {
    // Standard output belongs to the answer; what native code prints goes nowhere or to standard error.
    const child = fork(this.entry, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', this.watch ? 'pipe' : 'inherit', 'ipc'],
    });
    // An error here (a failed spawn, a message to a dead process) is followed by 'exit', which is handled.
    child.on('error', () => {});
    if (this.watch) this.observe(child, this.watch);
    return child;
  }

  private observe(child: ChildProcess, watch: (event: InferenceEvent) => void): void {
    watch({ type: 'started', child: child.pid });
    whenLine(child.stderr, (text) => watch({ type: 'said', text }));
    child.on('message', (message: Message) => {
      if (message.type === 'state') watch(message);
      else if (message.type === 'failed' && message.kind === 'fault') watch(message);
    });
    child.once('exit', (code, signal) =>
      watch({ type: 'ended', how: signal ?? code, expected: this.closed, id: this.id }),
    );
  }
}

/** What is wrong with the request of a job; undefined when nothing is. */
function problemOf({ kind, request }: Job): string | undefined {
  if (!Object.hasOwn(REQUESTS, kind)) return `there is no kind of question "${kind}"`;
  const [issue] = REQUESTS[kind].safeParse(request).error?.issues ?? [];
  return issue && `${issue.path.join('.') || 'request'}: ${issue.message}`;
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || !child.connected;
}

/** @throws when the command cannot be serialised */
function send(child: ChildProcess, command: Command): void {
  if (child.connected) child.send(command, () => {});
}

function errorOf({ kind, message }: Extract<Message, { type: 'failed' }>): Error {
  if (kind === 'input') return new InputError(message);
  if (kind === 'cancelled') return new CancelledError();
  return new EngineError(`The computation failed: ${message}`);
}

/** Calls `onLine` with every line of a stream of text that is not blank. */
function whenLine(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  const emit = (line: string) => {
    if (line.trim()) onLine(line.trimEnd());
  };
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(emit);
    if (rest.length < LONGEST_LINE) return;
    emit(rest);
    rest = '';
  });
  stream?.on('end', () => emit(rest));
}
