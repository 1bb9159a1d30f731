import type { Job } from '../../src/core/runtime/process/messages.js';
import type { ModelSource } from '../../src/core/weights/files/source.js';
import { tinyModel } from './tinyModel.js';

/** A job on a tiny checkpoint; `cutoff` decides how long it takes. */
export function tinyJob(
  parameters: Partial<Job['request']['parameters']> = {},
  source: ModelSource = tinyModel(),
): Job<'feature'> {
  return {
    kind: 'feature',
    source,
    request: {
      model: source.id,
      layer: 0,
      feature: 7,
      parameters: {
        weights: 'encoder',
        at: 'input',
        scale: 'auto',
        centroid: true,
        pca: 0,
        m: 1.4,
        top: 5,
        cutoff: 0.005,
        trim: 1e-4,
        depth: 25,
        nodes: 5000,
        tokens: 20,
        prompt: 'A typical definition of "{ghost}" would be "',
        close: true,
        list: 'near',
        prune: 'off',
        clamp: 'off',
        steer: 'off',
        theme: 'dark',
        ...parameters,
      },
    },
    limits: {
      treeMilliseconds: 60_000,
      textMilliseconds: 1000,
      listMilliseconds: 60_000,
      dreamMilliseconds: 60_000,
      batch: 64,
    },
    settings: { threads: 1, memoryBytes: 1e9 },
  };
}

/** A job that takes many seconds. */
export function longJob(): Job<'feature'> {
  return tinyJob({ cutoff: 1e-8, nodes: 1_000_000, top: 20, close: false });
}
