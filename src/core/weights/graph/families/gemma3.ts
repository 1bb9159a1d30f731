import { z } from 'zod';
import { type Architecture, parseConfig } from '../architecture.js';
import { gemma3Decoder } from './gemma3Text.js';

const Config = z.object({
  model_type: z.literal('gemma3'),
  text_config: z.looseObject({}),
  tie_word_embeddings: z.boolean().nullish(),
});

/** Where Gemma3ForConditionalGeneration keeps the language model: as published, and as transformers 4.52 to 4.57 call it. */
const PREFIXES = [
  { blocks: 'language_model.model.', head: 'language_model.' },
  { blocks: 'model.language_model.', head: '' },
] as const;

/** The language model of a Gemma 3 that sees images, too (4B and larger); the part that sees is left alone. */
export const gemma3: Architecture = (json, weights) => {
  const { text_config, tie_word_embeddings } = parseConfig(Config, json, weights);
  const prefixes = PREFIXES.find(({ blocks }) => weights.has(`${blocks}embed_tokens.weight`)) ?? PREFIXES[0];
  const text = { ...text_config, model_type: 'gemma3_text' };
  return gemma3Decoder(
    tie_word_embeddings == null ? text : { ...text, tie_word_embeddings },
    weights,
    prefixes,
  );
};
