/**
 * Makes the value of a key once, for all callers meanwhile and later. A failure is not remembered, so that the next
 * caller tries again.
 */
export class PromiseMemo<Key, Value> {
  private readonly promises = new Map<Key, Promise<Value>>();

  /** @throws what `make` throws, to all callers while it ran */
  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const remembered = this.promises.get(key);
    if (remembered) return remembered;
    const promise = make();
    this.promises.set(key, promise);
    promise.catch(() => this.promises.delete(key));
    return promise;
  }

  /** Everything that was made, or is being made. */
  all(): Promise<Value>[] {
    return [...this.promises.values()];
  }
}

/** As `PromiseMemo`, for a single value. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  const memo = new PromiseMemo<undefined, Value>();
  return () => memo.get(undefined, make);
}
