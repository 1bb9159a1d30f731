import { once } from '../../../async/promiseMemo.js';

/** Something that takes memory until it is closed. */
export interface Shelved {
  close(): Promise<void>;
}

/** How to open a resource; the object itself is its key on the shelf. */
export interface Need<Resource extends Shelved = Shelved> {
  /** Memory that it takes while it is open. */
  readonly bytes: number;
  open(): Promise<Resource>;
}

/** An open resource that stays open until it is released. */
export interface Loan<Resource> {
  resource: Resource;
  release(): void;
}

interface Entry {
  open(): Promise<Shelved>;
  users: number;
}

/**
 * Keeps models and encoders open within one budget of memory: the least recently used is closed first. What is in use
 * is never closed, so that it alone may take more than the budget.
 */
export class MemoryShelf {
  /** Most bytes that everything open may take. */
  budget = Number.POSITIVE_INFINITY;
  /** Least recently used first. */
  private readonly entries = new Map<Need, Entry>();

  /** Everything open, least recently used first. */
  get open(): Need[] {
    return [...this.entries.keys()];
  }

  /** Memory that everything open takes. */
  get bytes(): number {
    return this.open.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Makes room for a resource and opens it, unless it is open. @throws what opening it throws */
  async take<Resource extends Shelved>(need: Need<Resource>): Promise<Loan<Resource>> {
    const entry = this.entries.get(need) ?? { open: once(() => this.makeRoomAndOpen(need)), users: 0 };
    this.entries.delete(need);
    this.entries.set(need, entry);
    entry.users += 1;
    try {
      const resource = (await entry.open()) as Resource;
      let released = false;
      const release = () => {
        if (!released) entry.users -= 1;
        released = true;
      };
      return { resource, release };
    } catch (error) {
      this.entries.delete(need);
      throw error;
    }
  }

  /** As `take`, for as long as the work takes. */
  async use<Resource extends Shelved, Result>(
    need: Need<Resource>,
    work: (resource: Resource) => Promise<Result>,
  ): Promise<Result> {
    const { resource, release } = await this.take(need);
    try {
      return await work(resource);
    } finally {
      release();
    }
  }

  /** Closes a resource, where it is open. */
  async drop(need: Need): Promise<void> {
    const entry = this.entries.get(need);
    if (!entry) return;
    this.entries.delete(need);
    await (await entry.open()).close();
  }

  /** Closes everything. */
  async close(): Promise<void> {
    for (const need of this.open) await this.drop(need);
  }

  private async makeRoomAndOpen(need: Need): Promise<Shelved> {
    for (const [other, { users }] of this.entries) {
      if (this.bytes <= this.budget) break;
      if (users === 0) await this.drop(other);
    }
    return need.open();
  }
}
