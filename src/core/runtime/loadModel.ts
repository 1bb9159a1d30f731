import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.js';
import type { FeatureSource, RunningModel } from '../features/feature.js';
import { architectureOf } from '../models/architectures.js';
import { Checkpoint, readJson } from '../models/checkpoint.js';
import type { ModelSource } from '../models/source.js';
import { loadTokenizer } from '../models/tokenizer.js';
import { Decoder } from './decoder.js';
import { Embeddings } from './embeddings.js';
import { openSae } from './openSae.js';
import type { SessionSettings } from './session.js';

const Config = z.looseObject({
  model_type: z.string(),
  bos_token_id: z.number().int().nonnegative(),
});

/** A model with its SAEs, ready to answer, until it is closed. */
export interface OpenModel extends RunningModel {
  language: Decoder;
  /**
   * @param onStep awaited during longer work; throwing stops it
   * @throws {InputError} when the layer has no SAE, or its files are damaged or of another model
   */
  features(layer: number, onStep?: () => Promise<void>): Promise<FeatureSource>;
  close(): Promise<void>;
}

/**
 * Loads a model: checkpoint, graph, tokenizer and embeddings.
 *
 * @throws {InputError} when a file is missing, damaged or does not fit the others
 */
export async function loadModel(source: ModelSource, settings: SessionSettings): Promise<OpenModel> {
  const { folder, id } = source;
  const config = await readJson(join(folder, 'config.json'), Config);
  const checkpoint = await Checkpoint.open(folder);
  const graph = architectureOf(config.model_type)(config, checkpoint);
  const tokenizer = await loadTokenizer(folder, config.bos_token_id);
  const language = await Decoder.open(graph, folder, settings);
  const embeddings = await Embeddings.open(graph.embeddings, folder, settings);
  const saes = new Map<number, FeatureSource>();
  return {
    id,
    dtype: 'float32',
    language,
    embeddings,
    tokenizer,
    async features(layer, onStep = async () => {}) {
      const place = source.saes[layer];
      if (!place)
        throw new InputError(
          `${id} has no SAE at layer ${layer}; it has layers ${Object.keys(source.saes).join(', ')}.`,
        );
      let sae = saes.get(layer);
      if (!sae) {
        const { hook } = place;
        if (Number(hook.split('.')[1]) >= graph.layers)
          throw new InputError(`${id} has ${graph.layers} layers and no ${hook}: mend the model catalogue.`);
        sae = await openSae({ source, language, tokenizer }, place, settings, onStep);
        saes.set(layer, sae);
      }
      return sae;
    },
    async close() {
      await language.close();
      await embeddings.close();
    },
  };
}
