import { EngineError } from '../../core/index.js';
import type { Announcements } from './announcements.js';
import type { SharedRun } from './sharedRun.js';
import type { SharedRuns } from './sharedRuns.js';
import type { SharedTiming } from './timing.js';

/**
 * Looks after every run again and again while there are any, so that nobody waits in vain for longer than the patience
 * when Redis or the workers are gone.
 */
export class Beat {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** When Redis could last be reached, and by model when there last was a worker. */
  private reached = 0;
  private readonly served = new Map<string, number>();

  constructor(
    private readonly timing: SharedTiming,
    private readonly runs: SharedRuns,
    private readonly workers: Announcements,
  ) {}

  /** Does nothing when it is started already. */
  start(): void {
    if (this.timer || this.stopped) return;
    this.reached = performance.now();
    this.served.clear();
    this.next();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private next(): void {
    this.timer = setTimeout(async () => {
      await this.lookAtAll();
      this.timer = undefined;
      if (!this.stopped && this.runs.all().length > 0) this.next();
    }, this.timing.beat);
  }

  private async lookAtAll(): Promise<void> {
    const runs = this.runs.all().filter(({ queued }) => queued);
    try {
      await Promise.all(runs.map((run) => this.lookAt(run)));
      for (const model of new Set(runs.map(({ model }) => model))) await this.lookAtWorkers(model);
      this.reached = performance.now();
    } catch (error) {
      if (!this.isLate(this.reached)) return;
      const text = 'The queue could not be reached for too long; please try again later.';
      for (const run of runs) void this.runs.giveUp(run, new EngineError(text, { cause: error }));
    }
  }

  private async lookAt(run: SharedRun): Promise<void> {
    try {
      await this.runs.look(run);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // Only this question failed.
      await this.runs.giveUp(run, error);
    }
  }

  private async lookAtWorkers(model: string): Promise<void> {
    const now = performance.now();
    if (!this.served.has(model) || (await this.workers.isServed(model))) this.served.set(model, now);
    if (!this.isLate(this.served.get(model)!)) return;
    const text = `Every worker that answers questions about ${model} is gone; please try again later.`;
    for (const run of this.runs.all())
      if (run.model === model) void this.runs.giveUp(run, new EngineError(text));
  }

  private isLate(since: number): boolean {
    return performance.now() - since > this.timing.patience;
  }
}
