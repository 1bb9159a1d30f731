import { z } from 'zod';
import { InputError } from '../../report/errors.js';

/** `layer_types` of config.json: which layers see everything and which the last positions only. */
export const LayerTypes = z.array(z.enum(['sliding_attention', 'full_attention'])).nullish();

/**
 * Which layers have a sliding window.
 *
 * @param otherwise the family's rule where the config lists no types
 * @throws {InputError} when the list does not fit the number of layers
 */
export function slidingLayers(
  {
    layer_types: types,
    num_hidden_layers: layers,
  }: { layer_types?: z.infer<typeof LayerTypes>; num_hidden_layers: number },
  otherwise: (layer: number) => boolean,
): (layer: number) => boolean {
  if (!types) return otherwise;
  if (types.length !== layers)
    throw new InputError(`config.json: layer_types has ${types.length} entries for ${layers} layers.`);
  return (layer) => types[layer] === 'sliding_attention';
}
