import { type EndpointPlace, readEndpoint, type Variables } from '../configuration/environment.js';
import { CancelledError, type EvidenceExample } from '../core/index.js';
import { BoundedCache } from '../jobs/boundedCache.js';
import { cleanedExplanation, readVerdicts } from './answers.js';
import type { Clues } from './clues.js';
import { balancedAccuracy, detectionTrials, FEWEST_HELD_OUT, fuzzingTrials, type Trial } from './delphi.js';
import { Endpoint, EndpointError, type Message } from './endpoint.js';
import { detectionPrompt, explanationPrompt, fuzzingPrompt } from './prompts.js';
import type { Explanation, Score } from './report.js';
import { explainByRules } from './rules.js';

export type { Clues } from './clues.js';
export { splitExamples } from './delphi.js';
export type * from './report.js';
export { firstSentenceByRules } from './rules.js';

/** What an operator wrote under `explain` in ghosttree.yaml. */
export interface ExplainSettings {
  url?: string | undefined;
  model?: string | undefined;
  seed: number;
  seconds: number;
  outputTokens: number;
  requests: number;
  perHour: number;
}

const HOUR_MILLISECONDS = 3_600_000;
const CACHE_BYTES = 4e6;
const CACHE_SECONDS = 86_400;

/** Snippets on which an explanation is scored; it was not made from them. */
export interface Snippets {
  /** Texts on which the feature is active. */
  heldOut: readonly EvidenceExample[];
  /** Texts of other features, on which it is not. */
  others: readonly EvidenceExample[];
}

/** Explains features from clues: by rules, or by a language model within an operator's limits. */
export class Explainer {
  private readonly cache = new BoundedCache<Explanation>(
    CACHE_BYTES,
    CACHE_SECONDS,
    (value) => JSON.stringify(value).length,
  );
  /** Times of explanations in the last hour, in milliseconds since 1970. */
  private asked: number[] = [];

  constructor(
    private readonly settings: ExplainSettings,
    private readonly place: EndpointPlace | undefined,
  ) {}

  /** Whether a model writes and scores; only then are snippets needed. */
  get writes(): boolean {
    return this.place !== undefined && this.settings.perHour > 0;
  }

  /**
   * @param signal raised when the explanation is no longer wanted
   * @throws {CancelledError} when the signal was raised
   */
  async explain(clues: Clues, snippets: Snippets, signal?: AbortSignal): Promise<Explanation> {
    const ruled = explainByRules(clues);
    if (!this.place || !this.writes) return ruled;
    const key = JSON.stringify([clues, snippets]);
    const cached = this.cache.get(key);
    if (cached) return cached;
    if (!this.admit()) {
      const limit = `the limit of ${this.settings.perHour} explanations an hour is reached`;
      return { ...ruled, notes: [`Made by rules: ${limit}.`] };
    }
    const late = AbortSignal.timeout(this.settings.seconds * 1000);
    const ended = signal ? AbortSignal.any([late, signal]) : late;
    const endpoint = new Endpoint(this.place, this.settings.outputTokens, this.settings.requests, ended);
    const explanation = await this.write(endpoint, ruled, clues, snippets);
    if (signal?.aborted) throw new CancelledError();
    // Only successes are cached: a failure may pass within a minute.
    if (explanation.by === 'model') this.cache.set(key, explanation);
    return explanation;
  }

  private async write(
    endpoint: Endpoint,
    ruled: Explanation,
    clues: Clues,
    snippets: Snippets,
  ): Promise<Explanation> {
    let text: string | undefined;
    try {
      text = cleanedExplanation(await endpoint.answer(explanationPrompt(clues)));
      if (text === undefined) throw new EndpointError('its answer is empty');
    } catch (error) {
      return { ...ruled, notes: [`Made by rules: the configured model gave none (${reasonOf(error)}).`] };
    }
    const notes: string[] = [];
    const score = async (name: string, ask: () => Promise<Score | string>) => {
      const answer = await ask().catch(reasonOf);
      if (typeof answer !== 'string') return answer;
      notes.push(`No ${name} score: ${answer}.`);
      return undefined;
    };
    const detection = await score('detection', () => this.detect(endpoint, text, snippets));
    const fuzzing = await score('fuzzing', () => this.fuzz(endpoint, text, snippets));
    const scores = { ...(detection && { detection }), ...(fuzzing && { fuzzing }) };
    return {
      text,
      by: 'model',
      writer: this.place!.model,
      sureness: ruled.sureness,
      ...(Object.keys(scores).length > 0 && { scores }),
      notes,
    };
  }

  private async detect(endpoint: Endpoint, text: string, { heldOut, others }: Snippets) {
    const trials = detectionTrials(heldOut, others, this.settings.seed);
    if (trials.length < 2 * FEWEST_HELD_OUT) return tooFew(trials.length / 2);
    return judged(trials, await this.verdicts(endpoint, trials, (texts) => detectionPrompt(text, texts)));
  }

  private async fuzz(endpoint: Endpoint, text: string, { heldOut }: Snippets) {
    const rounds = fuzzingTrials(heldOut, this.settings.seed);
    const trials = rounds.flat();
    if (trials.length < 2 * FEWEST_HELD_OUT) return tooFew(trials.length / 2);
    const verdicts: boolean[] = [];
    for (const round of rounds.filter(({ length }) => length > 0))
      verdicts.push(...(await this.verdicts(endpoint, round, (texts) => fuzzingPrompt(text, texts))));
    return judged(trials, verdicts);
  }

  /** Asks once more when an answer cannot be read. @throws {EndpointError} */
  private async verdicts(
    endpoint: Endpoint,
    trials: readonly Trial[],
    prompt: (texts: string[]) => Message[],
  ): Promise<boolean[]> {
    const messages = prompt(trials.map(({ text }) => text));
    for (let attempt = 0; attempt < 2; attempt++) {
      const verdicts = readVerdicts(await endpoint.answer(messages), trials.length);
      if (verdicts) return verdicts;
    }
    throw new EndpointError('its verdicts could not be read');
  }

  /** Whether the hourly limit allows another explanation. */
  private admit(): boolean {
    const now = Date.now();
    this.asked = this.asked.filter((at) => now - at < HOUR_MILLISECONDS);
    if (this.asked.length >= this.settings.perHour) return false;
    this.asked.push(now);
    return true;
  }
}

/**
 * @param variables default: the environment
 * @throws {InputError} when the endpoint's settings are wrong
 */
export function createExplainer(settings: ExplainSettings, variables?: Variables): Explainer {
  return new Explainer(settings, readEndpoint(settings, variables));
}

function judged(trials: readonly Trial[], verdicts: readonly boolean[]): Score | string {
  return balancedAccuracy(trials, verdicts) ?? 'there is nothing to tell apart';
}

function tooFew(count: number): string {
  return `only ${count} held-out snippets of the feature with as many others, ${FEWEST_HELD_OUT} are needed`;
}

function reasonOf(error: unknown): string {
  return error instanceof EndpointError ? error.message : 'an unexpected failure';
}
