import PQueue from 'p-queue';
import { BoundedCache } from './boundedCache.js';

/** A picture, with whatever else belongs to it. */
export interface Drawn {
  png: Buffer;
  /** What was painted. */
  scene?: { panels: { panel: { items: unknown[] } }[] };
}

/** What an item of a scene takes in memory, about, in bytes. */
const ITEM = 500;

/**
 * Pictures, drawn one at a time, because each takes tens of megabytes while it is drawn. A picture is drawn once,
 * however many people wait for it, and kept within a bound of bytes.
 */
export class Drawings {
  private readonly cache: BoundedCache<Drawn>;
  private readonly underWay = new Map<string, Promise<Drawn>>();
  private readonly turns = new PQueue({ concurrency: 1 });

  constructor(maximumBytes: number, secondsToLive: number) {
    this.cache = new BoundedCache(maximumBytes, secondsToLive, ({ png, scene }) => {
      const items = scene?.panels.reduce((sum, { panel }) => sum + panel.items.length, 0) ?? 0;
      return png.length + ITEM * items;
    });
  }

  /** The cached picture of `key`, or the one that `draw` makes when its turn comes. */
  async picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture> {
    // A key stands for one report drawn one way, and so for one type of picture.
    const earlier = (this.cache.get(key) ?? this.underWay.get(key)) as Picture | Promise<Picture> | undefined;
    if (earlier) return earlier;
    const drawing = this.turns.add(draw);
    this.underWay.set(key, drawing);
    try {
      const picture = await drawing;
      this.cache.set(key, picture);
      return picture;
    } finally {
      this.underWay.delete(key);
    }
  }
}
