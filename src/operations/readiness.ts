import { within } from '../async/within.js';
/** Says what is wrong, in a few words without secrets; undefined when nothing is. */
export type Check = () => Promise<string | undefined> | string | undefined;

/** Longer than a healthy part takes to answer, shorter than clients of `/readyz` wait. */
const PATIENCE_MILLISECONDS = 2_000;

/** Whether the process can answer people, part by part. */
export class Readiness {
  private readonly checks = new Map<string, Check>();
  private state: 'starting' | 'running' | 'stopping' = 'starting';

  /** @param part such as `slack` or `store` */
  watch(part: string, check: Check): void {
    this.checks.set(part, check);
  }

  running(): void {
    if (this.state === 'starting') this.state = 'running';
  }

  stopping(): void {
    this.state = 'stopping';
  }

  /** @returns by part; empty when people can be answered */
  async problems(): Promise<Record<string, string>> {
    const problemsByPart = await Promise.all(
      [...this.checks].map(async ([part, check]) => [part, await problemOf(check)] as const),
    );
    const problems = Object.fromEntries(
      problemsByPart.filter((entry): entry is [string, string] => Boolean(entry[1])),
    );
    return this.state === 'running' ? problems : { process: `it is ${this.state}`, ...problems };
  }
}

async function problemOf(check: Check): Promise<string | undefined> {
  try {
    const work = Promise.resolve().then(check);
    return await within(PATIENCE_MILLISECONDS, work, () => 'no answer in time');
  } catch {
    // What exactly is wrong is in the log of the part itself.
    return 'it does not work';
  }
}
