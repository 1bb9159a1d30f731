import {
  CancelledError,
  type FeatureReport,
  type FeatureRequest,
  type JobControl,
  type QuestionKind,
} from '../../src/core/index.js';
import type { Answerer } from '../../src/jobs/local/localJobs.js';
import { tinyJob } from './processes.js';
import { until } from './until.js';

/** A question as the core heard it. */
interface HeardQuestion {
  request: FeatureRequest;
  control: JobControl;
  finish: () => void;
  fail: (error: Error) => void;
}

/** A core that answers when it is told to, and ends a cancelled question at once. */
export class ManualCore implements Answerer {
  readonly asked: HeardQuestion[] = [];

  /** @param keeps whether it answers a cancel with what it found */
  constructor(private readonly keeps = false) {}

  ask: Answerer['ask'] = ((
    _kind: QuestionKind,
    request: FeatureRequest,
    _source: unknown,
    control: JobControl = {},
  ) =>
    new Promise<FeatureReport>((resolve, reject) => {
      const finish = () => resolve(reportOf(request));
      const cancelled = () => (this.keeps ? finish() : reject(new CancelledError()));
      if (control.signal?.aborted) cancelled();
      control.signal?.addEventListener('abort', cancelled);
      this.asked.push({ request, control, finish, fail: reject });
    })) as never;

  /** The question with this number, from 1, as soon as it was asked. */
  nth(number: number): Promise<HeardQuestion> {
    return until(`question number ${number}`, () => this.asked[number - 1], PATIENCE);
  }

  features(): number[] {
    return this.asked.map(({ request }) => request.feature);
  }
}

/** Longer than anything takes on a busy machine. */
export const PATIENCE = 20_000;

export function question(
  feature: number,
  parameters: Partial<FeatureRequest['parameters']> = {},
): FeatureRequest {
  return { ...tinyJob(parameters).request, feature };
}

export function reportOf({ feature, parameters }: FeatureRequest): FeatureReport {
  return {
    schema: 'ghosttree/feature@2',
    sae: { feature },
    parameters: { ...parameters, at: 'input', scale: 1 },
    definitions: [],
    thresholds: { readsBack: 0.5, partly: 0.1, firing: 0.5 },
    tokens: [],
  } as unknown as FeatureReport;
}
