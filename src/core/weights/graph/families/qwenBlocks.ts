import { z } from 'zod';
import { Count } from '../architecture.js';
import { LayerTypes, slidingLayers } from '../layerTypes.js';
import type { SlidingWindow } from '../rotaryBlocks.js';
import { llamaConfig } from './llamaBlocks.js';

/** What the Qwen families' configs take where a file says nothing. */
const DEFAULT = { keyValueHeads: 32, window: 4096, fullLayers: 28 };

/** What config.json of every Qwen says. */
export const qwenConfig = <Type extends string>(type: Type) =>
  llamaConfig(type).extend({
    num_key_value_heads: Count.nullable().default(DEFAULT.keyValueHeads),
    use_sliding_window: z.boolean().default(false),
    sliding_window: Count.nullable().default(DEFAULT.window),
    max_window_layers: z.number().int().nonnegative().default(DEFAULT.fullLayers),
    layer_types: LayerTypes,
  });

type QwenConfig = z.infer<ReturnType<typeof qwenConfig>>;

/**
 * The window that the last layers have, from `max_window_layers` on or as `layer_types` lists them, if it is used.
 *
 * @throws {InputError} when the list does not fit the number of layers
 */
export function qwenWindow(config: Omit<QwenConfig, 'model_type' | 'head_dim'>): SlidingWindow | undefined {
  const { use_sliding_window, sliding_window: size, max_window_layers } = config;
  const slides = slidingLayers(config, (layer) => layer >= max_window_layers);
  return use_sliding_window && size !== null ? { size, slides } : undefined;
}
