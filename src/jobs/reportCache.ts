import NodeCache from 'node-cache';
import type { FeatureReport } from '../core/index.js';

/** Reports by question, at most so many bytes of them; the oldest leave first. */
export class ReportCache {
  private readonly cache: NodeCache;
  private readonly sizes = new Map<string, number>();
  private bytes = 0;

  /** @param maximumBytes measured as the length of the JSON export */
  constructor(
    private readonly maximumBytes: number,
    secondsToLive: number,
  ) {
    // Reports are never changed once made, so they need not be copied in and out.
    this.cache = new NodeCache({ stdTTL: secondsToLive, checkperiod: 0, useClones: false });
    this.cache.on('del', (key: string) => this.forget(key));
  }

  get(key: string): FeatureReport | undefined {
    return this.cache.get(key);
  }

  set(key: string, report: FeatureReport): void {
    const size = JSON.stringify(report).length;
    if (size > this.maximumBytes) return;
    this.cache.del(key);
    // A Map keeps the order of insertion: its first key is the oldest.
    for (const oldest of this.sizes.keys()) {
      if (this.bytes + size <= this.maximumBytes) break;
      this.cache.del(oldest);
    }
    this.cache.set(key, report);
    this.sizes.set(key, size);
    this.bytes += size;
  }

  private forget(key: string): void {
    this.bytes -= this.sizes.get(key) ?? 0;
    this.sizes.delete(key);
  }
}
