import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../../../test/support/workerProgram.js';

/** A program that is killed and started again, as whatever watches it would. */
export class Killable {
  /** Ends that nobody asked for. */
  deaths = 0;
  private program: Program | undefined;

  constructor(
    readonly name: string,
    private readonly launch: () => Promise<Program>,
  ) {}

  async start(): Promise<void> {
    for (;;) {
      try {
        this.program = await this.launch();
        return;
      } catch {
        // What it needs may be away, too.
        await sleep(500);
      }
    }
  }

  async killAndRestart(away: number): Promise<void> {
    const { program } = this;
    if (program?.exitCode !== undefined) this.deaths += 1;
    await program?.stop('SIGKILL');
    await sleep(away);
    await this.start();
  }

  async stop(): Promise<void> {
    if (this.program?.exitCode !== undefined) this.deaths += 1;
    await this.program?.stop('SIGTERM');
  }
}
