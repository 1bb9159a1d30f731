import type { NeuronpediaPlace } from '../configuration/environment.js';
import { boundedText, failureReason, parseBoundedJson } from '../configuration/web.js';
import type { FeatureEvidence } from '../core/index.js';
import { BoundedCache } from '../jobs/boundedCache.js';
import { readEvidence } from './neuronpediaAnswer.js';

export interface NeuronpediaSettings extends NeuronpediaPlace {
  /** An answer that takes longer is not waited for. */
  limitMilliseconds: number;
  /** Called when an answer cannot be used. */
  log(message: string): void;
}

const DAY_SECONDS = 86_400;
const CACHE_BYTES = 8e6;
/** A feature with many examples has some hundred kilobytes. */
const MOST_BYTES = 4_000_000;
/** Pause after a failure, so that answers do not wait for an unreachable site again and again. */
const PAUSE_MILLISECONDS = 60_000;

/** Neuronpedia's facts about features, from its public API; cached for a day. */
export class Neuronpedia {
  private readonly cache = new BoundedCache<{ evidence: FeatureEvidence | undefined }>(
    CACHE_BYTES,
    DAY_SECONDS,
    (value) => JSON.stringify(value).length,
  );
  private readonly underWay = new Map<string, Promise<FeatureEvidence | undefined>>();
  private pausedUntil = 0;

  constructor(private readonly settings: NeuronpediaSettings) {}

  /**
   * @param name of the SAE there, such as `gemma-2b/10-res-jb`
   * @returns undefined where it knows nothing, or cannot be reached; never throws
   */
  of(name: string, feature: number): Promise<FeatureEvidence | undefined> {
    const path = `${name}/${feature}`;
    const cached = this.cache.get(path);
    if (cached) return Promise.resolve(cached.evidence);
    if (Date.now() < this.pausedUntil) return Promise.resolve(undefined);
    let asking = this.underWay.get(path);
    if (!asking) {
      asking = this.ask(path).finally(() => this.underWay.delete(path));
      this.underWay.set(path, asking);
    }
    return asking;
  }

  private async ask(path: string): Promise<FeatureEvidence | undefined> {
    try {
      const evidence = await this.fetch(path);
      this.cache.set(path, { evidence });
      return evidence;
    } catch (error) {
      this.pausedUntil = Date.now() + PAUSE_MILLISECONDS;
      this.settings.log(`Neuronpedia's answer about ${path} could not be used: ${failureReason(error)}`);
      return undefined;
    }
  }

  private async fetch(path: string): Promise<FeatureEvidence | undefined> {
    const { url, apiKey, limitMilliseconds } = this.settings;
    const response = await fetch(`${url}/api/feature/${path}`, {
      headers: { accept: 'application/json', ...(apiKey && { 'x-api-key': apiKey }) },
      // An answer from any other place than the operator named does not count.
      redirect: 'error',
      signal: AbortSignal.timeout(limitMilliseconds),
    });
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    return readEvidence(parseBoundedJson(await boundedText(response, MOST_BYTES)));
  }
}
