import TinyQueue from 'tinyqueue';

/** Remembers the `capacity` largest values it was given. */
export class LargestValues {
  private readonly heap = new TinyQueue<number>([], (a, b) => a - b);
  constructor(private readonly capacity: number) {}

  add(value: number): void {
    this.heap.push(value);
    if (this.heap.length > this.capacity) this.heap.pop();
  }

  /** The smallest of them, 0 while there is room for more. */
  get smallest(): number {
    return this.heap.length < this.capacity ? 0 : this.heap.peek()!;
  }
}
