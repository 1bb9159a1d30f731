import { z } from 'zod';
import { type Architecture, headGraph, parseConfig, selectedRows } from './architecture.js';
import { cachedAttention, visibilityInputs } from './attention.js';
import { GemmaBlocks, gemmaConfig } from './gemmaBlocks.js';

const Config = gemmaConfig('gemma').extend({
  // Published configs say "gelu" and mean its tanh approximation; newer ones say so in hidden_activation.
  hidden_act: z.enum(['gelu', 'gelu_pytorch_tanh']).nullish(),
  hidden_activation: z.literal('gelu_pytorch_tanh').nullish(),
});

/**
 * Gemma (Mesnard et al. 2024) as Hugging Face's GemmaForCausalLM stores it: RMSNorm before attention and MLP,
 * multi-query attention with rotary positions, GeGLU, tied output embeddings.
 */
export const gemma: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { num_hidden_layers: layers, hidden_size: width } = config;
  const blocks = new GemmaBlocks(config, weights);
  const { graph } = blocks;
  const visible = visibilityInputs(graph, config.num_key_value_heads);
  const shape = blocks.attentionShape(config.head_dim ** -0.5);

  let stream = blocks.scaledEmbeddings();
  let normalised = blocks.norm(stream, 'layers.0.input_layernorm');
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    blocks.hook(layer, 'pre', stream);
    const [query, key, value] = blocks.queryKeyValue(normalised, `${name}.self_attn`);
    const mixed = cachedAttention(graph, layer, query, key, value, visible, shape);
    const attended = blocks.attentionOutput(mixed, `${name}.self_attn`);
    [normalised, stream] = blocks.addAndNorm(stream, attended, `${name}.post_attention_layernorm`);
    [normalised, stream] = blocks.endBlock(layer, stream, blocks.mlp(normalised, `${name}.mlp`));
    blocks.hook(layer, 'post', stream);
  }
  selectedRows(graph, normalised, width);
  return { ...blocks.facts(), decoder: graph.encode(), head: headGraph(blocks.outputEmbeddings()) };
};
