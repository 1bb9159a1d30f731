import { type Places, type Result, readOrFindOut, readResult } from '../../weights/derived/result.js';

/** Results that take long to compute: from memory, else from a file, else computed now. Failures are not remembered. */
export class KeptResults<Value> {
  /** Least recently used first. */
  private readonly memory = new Map<string, Result<Value>>();

  /**
   * @param most results in memory; the most recently used stay
   * @param lasts whether a result stays there, or a better one may be computed the next time; default: always
   */
  constructor(
    private readonly most = Number.POSITIVE_INFINITY,
    private readonly lasts: (value: Value) => boolean = () => true,
  ) {}

  /**
   * @param places called where the result is not in memory
   * @param compute called where no file holds it, either
   * @throws what these two throw
   */
  async get(
    key: string,
    places: () => Promise<Places<Value>>,
    compute: () => Promise<Value>,
  ): Promise<Result<Value>> {
    return this.remember(key, this.memory.get(key) ?? (await readOrFindOut(await places(), compute)));
  }

  /** A result from memory or a file; undefined where there is none. */
  async find(key: string, places: () => Promise<Places<Value>>): Promise<Result<Value> | undefined> {
    const result = this.memory.get(key) ?? (await readResult(await places()));
    return result && this.remember(key, result);
  }

  private remember(key: string, result: Result<Value>): Result<Value> {
    if (!this.lasts(result.value)) return result;
    this.memory.delete(key);
    this.memory.set(key, result);
    if (this.memory.size > this.most) this.memory.delete(this.memory.keys().next().value!);
    return result;
  }
}
