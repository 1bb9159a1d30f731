import type { Core } from '../core/index.js';
import type { JobProgress, Jobs } from '../jobs/index.js';

/** What is measured of questions; times in milliseconds. */
export interface QuestionMeters {
  waited(kind: string, milliseconds: number): void;
  computed(kind: string, milliseconds: number): void;
  rendered(milliseconds: number): void;
  lookedUp(cache: 'reports' | 'drawings', isHit: boolean): void;
  questionsChanged(state: 'waiting' | 'running', by: 1 | -1): void;
}

/** Measures any queue from outside: a question without progress was answered from a cache. */
export function meteredJobs(jobs: Jobs, meters: QuestionMeters): Jobs {
  return {
    async ask(kind, request, source, control = {}) {
      const question = new Question(kind, meters);
      const onProgress = (progress: JobProgress) => {
        question.advance(progress);
        control.onProgress?.(progress);
      };
      try {
        const report = await jobs.ask(kind, request, source, { ...control, onProgress });
        meters.lookedUp('reports', !question.wasWorkedOn);
        return report;
      } finally {
        question.end();
      }
    },
    check: (kind, request, asker) => jobs.check(kind, request, asker),
    async picture(key, draw) {
      let drawn = false;
      const picture = await jobs.picture(key, async () => {
        drawn = true;
        const since = performance.now();
        const drawing = await draw();
        meters.rendered(performance.now() - since);
        return drawing;
      });
      meters.lookedUp('drawings', !drawn);
      return picture;
    },
    close: () => jobs.close(),
  };
}

/** Measures how long the answers of a core take, by kind. */
export function meteredCore(core: Core, meters: Pick<QuestionMeters, 'computed'>): Core {
  return {
    async ask(kind, request, source, control) {
      const since = performance.now();
      const report = await core.ask(kind, request, source, control);
      meters.computed(kind, performance.now() - since);
      return report;
    },
    close: () => core.close(),
  };
}

/** One question on its way through a queue, followed by its progress. */
class Question {
  private readonly since = performance.now();
  private state: 'waiting' | 'running' | undefined;

  constructor(
    private readonly kind: string,
    private readonly meters: QuestionMeters,
  ) {}

  get wasWorkedOn(): boolean {
    return this.state !== undefined;
  }

  advance({ stage }: JobProgress): void {
    if (stage !== 'queued' && this.state !== 'running') {
      this.meters.waited(this.kind, performance.now() - this.since);
    }
    this.moveTo(stage === 'queued' ? 'waiting' : 'running');
  }

  end(): void {
    if (this.state) this.meters.questionsChanged(this.state, -1);
  }

  private moveTo(state: 'waiting' | 'running'): void {
    if (state === this.state) return;
    if (this.state) this.meters.questionsChanged(this.state, -1);
    this.meters.questionsChanged(state, 1);
    this.state = state;
  }
}
