import NodeCache from 'node-cache';

/** Values by key, with a bound on their bytes; the oldest leave first. */
export class BoundedCache<Value> {
  private readonly cache: NodeCache;
  private readonly sizes = new Map<string, number>();
  private bytes = 0;

  /** @param sizeOf bytes of a value */
  constructor(
    private readonly maximumBytes: number,
    secondsToLive: number,
    private readonly sizeOf: (value: Value) => number,
  ) {
    // Values are never changed once made, so they need not be copied in and out.
    this.cache = new NodeCache({ stdTTL: secondsToLive, checkperiod: 0, useClones: false });
    this.cache.on('del', (key: string) => this.forget(key));
  }

  get(key: string): Value | undefined {
    return this.cache.get(key);
  }

  set(key: string, value: Value): void {
    const size = this.sizeOf(value);
    if (size > this.maximumBytes) return;
    this.cache.del(key);
    // A Map keeps the order of insertion: its first key is the oldest.
    for (const oldest of this.sizes.keys()) {
      if (this.bytes + size <= this.maximumBytes) break;
      this.cache.del(oldest);
    }
    this.cache.set(key, value);
    this.sizes.set(key, size);
    this.bytes += size;
  }

  private forget(key: string): void {
    this.bytes -= this.sizes.get(key) ?? 0;
    this.sizes.delete(key);
  }
}
