import { type Places, type Result, readOrFindOut, readResult } from '../../weights/derived/result.js';

/** Results that take long to find out: from memory, else from a file, else found out now. What failed is forgotten. */
export class KeptResults<Value> {
  /** The one used longest ago first. */
  private readonly memory = new Map<string, Result<Value>>();

  /**
   * @param most results in memory; those used last stay
   * @param lasts whether a result stays there, or may be found out better the next time; default: always
   */
  constructor(
    private readonly most = Number.POSITIVE_INFINITY,
    private readonly lasts: (value: Value) => boolean = () => true,
  ) {}

  /**
   * @param places asked for where the result is not in memory
   * @param findOut called where no file holds it, either
   * @throws what these two throw
   */
  async get(
    key: string,
    places: () => Promise<Places<Value>>,
    findOut: () => Promise<Value>,
  ): Promise<Result<Value>> {
    return this.remember(key, this.memory.get(key) ?? (await readOrFindOut(await places(), findOut)));
  }

  /** What need not be found out; undefined where nothing is at hand. */
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
