import type { KeyValues } from '../../model/ports.js';

/** A slot of zeros that is never given out. */
export const PADDING_SLOT = 0;

/**
 * Keys and values per layer in flat arrays of slots. Slots that are released are used again, so memory follows
 * the number of positions still needed, not the number ever computed.
 */
export class KeyValueStore implements KeyValues {
  readonly keys: Float32Array[];
  readonly values: Float32Array[];
  /** Position in its sequence of what a slot holds. */
  readonly positions: number[] = [];
  private readonly free: number[] = [];
  private capacity = 64;
  /** Slots in use lie below this index. Slot 0 stays empty: it is what padding refers to. */
  used = PADDING_SLOT + 1;

  /** @param width floats per layer and slot, for keys and for values each */
  constructor(
    private readonly layers: number,
    private readonly width: number,
  ) {
    const allocate = () => Array.from({ length: layers }, () => new Float32Array(this.capacity * width));
    this.keys = allocate();
    this.values = allocate();
  }

  /** Copies row `row` of each layer's new keys and values into a slot and returns its index. */
  put(
    newKeys: readonly Float32Array[],
    newValues: readonly Float32Array[],
    row: number,
    position: number,
  ): number {
    const slot = this.free.pop() ?? this.used++;
    this.positions[slot] = position;
    if (slot >= this.capacity) this.grow();
    const { width } = this;
    for (let layer = 0; layer < this.layers; layer++) {
      this.keys[layer]!.set(newKeys[layer]!.subarray(row * width, (row + 1) * width), slot * width);
      this.values[layer]!.set(newValues[layer]!.subarray(row * width, (row + 1) * width), slot * width);
    }
    return slot;
  }

  release(slot: number): void {
    this.free.push(slot);
  }

  private grow(): void {
    this.capacity *= 2;
    for (const arrays of [this.keys, this.values]) {
      for (let layer = 0; layer < this.layers; layer++) {
        const larger = new Float32Array(this.capacity * this.width);
        larger.set(arrays[layer]!);
        arrays[layer] = larger;
      }
    }
  }
}
