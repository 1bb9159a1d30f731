import { z } from 'zod';
import { InputError } from '../../report/errors.js';
import { type Architecture, Count, headGraph, parseConfig, selectedRows } from './architecture.js';
import { cachedAttention, slidingWindowInputs, visibilityInputs } from './attention.js';
import { GemmaBlocks, gemmaConfig } from './gemmaBlocks.js';

const Config = gemmaConfig('gemma2').extend({
  hidden_activation: z.literal('gelu_pytorch_tanh').nullish(),
  query_pre_attn_scalar: z.number().positive(),
  attn_logit_softcapping: z.number().positive().nullish(),
  final_logit_softcapping: z.number().positive().nullish(),
  sliding_window: Count,
  layer_types: z.array(z.enum(['sliding_attention', 'full_attention'])).nullish(),
});

/**
 * Gemma 2 (Riviere et al. 2024) as Hugging Face's Gemma2ForCausalLM stores it: Gemma with grouped queries, norms
 * before and after attention and MLP, soft caps on attention scores and logits, and a sliding window in every
 * other layer, beginning with the first.
 */
export const gemma2: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { num_hidden_layers: layers, hidden_size: width, layer_types } = config;
  if (layer_types && layer_types.length !== layers)
    throw new InputError(`config.json: layer_types has ${layer_types.length} entries for ${layers} layers.`);
  const slides = (layer: number) =>
    layer_types ? layer_types[layer] === 'sliding_attention' : layer % 2 === 0;
  const blocks = new GemmaBlocks(config, weights);
  const { graph } = blocks;
  const everything = visibilityInputs(graph, config.num_key_value_heads);
  const window = slidingWindowInputs(graph, everything);
  const shape = {
    ...blocks.attentionShape(config.query_pre_attn_scalar ** -0.5),
    softcap: config.attn_logit_softcapping ?? undefined,
  };

  let stream = blocks.scaledEmbeddings();
  let normalised = blocks.norm(stream, 'layers.0.input_layernorm');
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    blocks.hook(layer, 'pre', stream);
    const [query, key, value] = blocks.queryKeyValue(normalised, `${name}.self_attn`);
    const visible = slides(layer) ? window : everything;
    const mixed = cachedAttention(graph, layer, query, key, value, visible, shape);
    const attended = blocks.attentionOutput(mixed, `${name}.self_attn`);
    const attention = blocks.norm(attended, `${name}.post_attention_layernorm`);
    [normalised, stream] = blocks.addAndNorm(stream, attention, `${name}.pre_feedforward_layernorm`);
    const mlp = blocks.norm(blocks.mlp(normalised, `${name}.mlp`), `${name}.post_feedforward_layernorm`);
    [normalised, stream] = blocks.endBlock(layer, stream, mlp);
    blocks.hook(layer, 'post', stream);
  }
  selectedRows(graph, normalised, width);
  return {
    ...blocks.facts(),
    decoder: graph.encode(),
    head: headGraph(blocks.outputEmbeddings(), config.final_logit_softcapping ?? undefined),
    slidingWindow: config.sliding_window,
  };
};
