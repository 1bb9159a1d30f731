/**
 * Makes what belongs to a key once, for everybody who asks for it meanwhile and later. A failure is forgotten, so that
 * whoever asks next tries again.
 */
export class PromiseMemo<Key, Value> {
  private readonly promises = new Map<Key, Promise<Value>>();

  /** @throws what `make` throws, to everybody who asked while it worked */
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

/** As `PromiseMemo`, of the one thing that `make` makes. */
export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  const memo = new PromiseMemo<undefined, Value>();
  return () => memo.get(undefined, make);
}
