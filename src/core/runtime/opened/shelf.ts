import { InputError } from '../../report/errors.js';
import type { ModelSource } from '../../weights/files/source.js';
import { type Loan, MemoryShelf, type Need, type Shelved } from './memoryShelf.js';

/**
 * Keeps models, and what they open, within a memory budget: the least recently used is closed first. The model that
 * was asked for last is in use and is never closed.
 */
export class ModelShelf<Model extends Shelved> {
  private readonly memory = new MemoryShelf();
  private readonly models = new Map<string, { id: string; need: Need<Model> }>();
  private current: Loan<Model> | undefined;

  constructor(
    /** Opens a model; what it opens later counts on the given shelf as well. */
    private readonly load: (source: ModelSource, memory: MemoryShelf) => Promise<Model>,
    /** Bytes of memory that a model takes while it is open. */
    private readonly need: (source: ModelSource) => Promise<number>,
  ) {}

  /**
   * @param budget most bytes that all open models and what they opened may take together
   * @throws {InputError} when the model alone takes more
   * @throws what opening it throws
   */
  async get(source: ModelSource, budget: number): Promise<Model> {
    const need = await this.needOf(source, budget);
    this.memory.budget = budget;
    this.current?.release();
    this.current = undefined;
    this.current = await this.memory.take(need);
    return this.current.resource;
  }

  /** Ids of the open models, least recently used first. */
  names(): string[] {
    const models = [...this.models.values()];
    return this.memory.open.flatMap((open) => models.find(({ need }) => need === open)?.id ?? []);
  }

  /** Bytes that all open models and what they opened take together. */
  get bytes(): number {
    return this.memory.bytes;
  }

  async close(): Promise<void> {
    await this.memory.close();
  }

  private async needOf(source: ModelSource, budget: number): Promise<Need<Model>> {
    // Models whose weights lie in one folder may differ in their SAEs.
    const key = JSON.stringify(source);
    const open = this.models.get(key)?.need;
    if (open && this.memory.open.includes(open)) return open;
    const bytes = await this.need(source);
    if (bytes > budget) {
      throw new InputError(
        `${source.id} (${source.dtype}) needs about ${gigabytes(bytes)} of memory and may have ${gigabytes(budget)}: raise inference.memoryMegabytes in ghosttree.yaml, or choose a smaller dtype.`,
      );
    }
    const need = { bytes, open: () => this.load(source, this.memory) };
    this.models.set(key, { id: source.id, need });
    return need;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
