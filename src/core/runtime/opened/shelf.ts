import { InputError } from '../../report/errors.js';
import type { ModelSource } from '../../weights/files/source.js';

/** What the shelf needs of a model. */
export interface Shelved {
  close(): Promise<void>;
}

/**
 * Keeps models open within a memory budget: the one used longest ago leaves first. The one that was asked for last
 * is in use and never leaves.
 */
export class ModelShelf<Model extends Shelved> {
  /** Least recently used first. */
  private readonly open = new Map<string, { name: string; model: Model; bytes: number }>();

  constructor(
    private readonly load: (source: ModelSource) => Promise<Model>,
    /** Bytes of memory that a model takes while it is open. */
    private readonly need: (source: ModelSource) => Promise<number>,
  ) {}

  /**
   * @param budget most bytes that all open models together may take
   * @throws {InputError} when the model alone takes more
   * @throws what opening it throws
   */
  async get(source: ModelSource, budget: number): Promise<Model> {
    const key = JSON.stringify([source.folder, source.dtype]);
    let shelved = this.open.get(key);
    if (!shelved) {
      const bytes = await this.need(source);
      if (bytes > budget) {
        throw new InputError(
          `${source.id} (${source.dtype}) needs about ${gigabytes(bytes)} of memory and may have ${gigabytes(budget)}: raise inference.memoryMegabytes in ghosttree.yaml, or choose a smaller dtype.`,
        );
      }
      await this.makeRoom(budget - bytes);
      shelved = { name: source.id, model: await this.load(source), bytes };
    }
    this.open.delete(key);
    this.open.set(key, shelved);
    return shelved.model;
  }

  /** Ids of the open models. */
  names(): string[] {
    return [...this.open.values()].map(({ name }) => name);
  }

  async close(): Promise<void> {
    await this.makeRoom(Number.NEGATIVE_INFINITY);
  }

  private async makeRoom(most: number): Promise<void> {
    for (const [key, { model }] of this.open) {
      const held = [...this.open.values()].reduce((sum, { bytes }) => sum + bytes, 0);
      if (held <= most) return;
      this.open.delete(key);
      await model.close();
    }
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
