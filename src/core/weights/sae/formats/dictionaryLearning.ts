import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { readJson } from '../../files/checkpoint.js';
import { readTorch } from '../../files/torch/index.js';
import { plainConfig, type SaeConfig, topKOf } from './config.js';
import { flipped, type Places, renamed, type SaeContent, sizesOf } from './stored.js';

export const DICTIONARY_LEARNING = { config: 'config.json', weights: 'ae.pt' };

const Size = z.number().int().positive();
const Config = z.looseObject({
  trainer: z.looseObject({
    dict_class: z.string(),
    layer: z.number().int().nonnegative().nullish(),
    k: Size.nullish(),
  }),
});

const LINEAR = {
  W_enc: flipped('encoder.weight'),
  b_enc: 'encoder.bias',
  W_dec: flipped('decoder.weight'),
};
const PLAIN = { W_enc: 'W_enc', b_enc: 'b_enc', W_dec: 'W_dec', b_dec: 'b_dec', threshold: 'threshold' };

/** What a class of the library computes, and where it keeps it. */
interface Kind extends Pick<SaeConfig, 'architecture'> {
  places: Places;
  /** Whether b_dec is subtracted from the input. */
  subtracts?: boolean;
}

/** Classes by name. A new one is an entry here. */
const KINDS: Readonly<Record<string, Kind>> = {
  AutoEncoder: { architecture: 'standard', subtracts: true, places: { ...LINEAR, b_dec: 'bias' } },
  AutoEncoderNew: { architecture: 'standard', places: { ...LINEAR, b_dec: 'decoder.bias' } },
  AutoEncoderTopK: { architecture: 'topk', subtracts: true, places: { ...LINEAR, b_dec: 'b_dec' } },
  BatchTopKSAE: {
    architecture: 'jumprelu',
    subtracts: true,
    places: { ...LINEAR, b_dec: 'b_dec', threshold: 'threshold' },
  },
  MatryoshkaBatchTopKSAE: { architecture: 'jumprelu', subtracts: true, places: PLAIN },
  JumpReluAutoEncoder: { architecture: 'jumprelu', places: PLAIN },
  GatedAutoEncoder: {
    architecture: 'gated',
    subtracts: true,
    places: {
      W_enc: flipped('encoder.weight'),
      W_dec: flipped('decoder.weight'),
      b_dec: 'decoder_bias',
      b_gate: 'gate_bias',
      r_mag: 'r_mag',
      b_mag: 'mag_bias',
    },
  },
};

/**
 * saprmarks' dictionary_learning: config.json and ae.pt, a state_dict of one of its classes. Activations are those of the
 * files' own numbers, as SAELens takes them; the library's `from_pretrained` of an AutoEncoder would scale them by the
 * lengths of decoder rows.
 *
 * @throws {InputError} when it is of another class
 */
export async function dictionaryLearning(folder: string): Promise<SaeContent> {
  const files = [
    join(folder, DICTIONARY_LEARNING.config),
    join(folder, DICTIONARY_LEARNING.weights),
  ] as const;
  const { dict_class, layer, k } = (await readJson(files[0], Config)).trainer;
  const kind = Object.hasOwn(KINDS, dict_class) ? KINDS[dict_class] : undefined;
  if (!kind)
    throw new InputError(
      `The SAE in ${folder} is of the class "${dict_class.slice(0, 100)}"; known: ${Object.keys(KINDS).join(', ')}. Choose another SAE.`,
    );
  const tensors = renamed(await readTorch(files[1]), kind.places);
  const sizes = sizesOf(tensors, folder);
  const config = plainConfig(sizes, {
    architecture: kind.architecture,
    applyDecoderBias: kind.subtracts === true,
    hook: layer == null ? undefined : `blocks.${layer}.hook_resid_post`,
    ...(kind.architecture === 'topk' ? { k: topKOf(k ?? undefined, sizes.features, files[0]) } : {}),
  });
  return { config, tensors, files: [...files] };
}
