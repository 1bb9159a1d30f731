import { findModel } from '../../commands/line/address.js';
import { toRequest } from '../../commands/line/grammar.js';
import { parseOptions } from '../../commands/line/options.js';
import type { CatalogueModel, Configuration } from '../configuration/index.js';
import { InputError, type WeightType } from '../core/index.js';
import { DTYPE, LAYERS } from './options.js';

/**
 * Reads `<model> [layers=...] [dtype=...]`.
 *
 * @throws {InputError} when it names no model of the catalogue, or a layer that has no SAE
 */
export function readModelWords(
  program: 'pull' | 'remove' | 'calibrate' | 'record',
  words: readonly string[],
  { models }: Configuration,
): { model: CatalogueModel; layers: number[] | undefined; dtype: WeightType | undefined } {
  const { words: names, values } = toRequest(words);
  const options: (typeof LAYERS | typeof DTYPE)[] = program === 'pull' ? [LAYERS, DTYPE] : [LAYERS];
  const read = parseOptions({ values }, options);
  if (names.length !== 1 || names[0]!.startsWith('-')) {
    // A model whose files are all here can neither be pulled nor removed.
    if (program === 'pull' && names.length === 2)
      throw new InputError(
        `pull takes the id of a model in models.yaml. For an SAE of the registry this prints its entry: ghosttree saes ${names.join(' ')}`,
      );
    const isOfHub = program === 'pull' || program === 'remove';
    const meant = [...models.values()].filter(({ hub }) => hub || !isOfHub).map(({ id }) => id);
    const whose = isOfHub ? 'Models on the Hub' : 'Models';
    throw new InputError(
      `Name one model, as in: ghosttree ${program} gemma-2b layers=10. ${whose}: ${meant.join(', ')}.`,
    );
  }
  const model = findModel(names[0]!, models);
  return { model, layers: readLayers(read.layers, model), dtype: read.dtype };
}

function readLayers(text: string | undefined, model: CatalogueModel): number[] | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'all') return model.layers;
  const layers = [...new Set(text.split(',').map(Number))].sort((a, b) => a - b);
  const unknown = layers.find((layer) => !model.layers.includes(layer));
  if (unknown !== undefined) {
    throw new InputError(
      `${model.id} has no SAE at layer ${unknown}; layers with one: ${model.layers.join(', ')}.`,
    );
  }
  return layers;
}
