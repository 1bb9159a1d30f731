import fc from 'fast-check';
import type { TreeOptions } from '../../src/core/features/tree/tree.js';
import { GHOST } from '../../src/core/model/ports.js';

/** What a fake model is asked: a ghost, a prompt, and a tree that nothing but its cutoff ends. */
export const ghost = Float32Array.of(0);
export const CLOSING = 0;
export const prompt = { ids: [7, 8, GHOST, 9], closes: (tokenId: number) => tokenId === CLOSING };
export const options: TreeOptions = {
  top: 4,
  cutoff: 1e-3,
  depth: 6,
  nodes: 100_000,
  outOfTime: () => false,
  batch: 16,
};

/** Of fake models. */
export const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
