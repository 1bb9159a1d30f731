/** How llama.cpp stores a family that `weights/graph` knows. */
export interface GgufFamily {
  /** `model_type` of the same model's config.json. */
  modelType: string;
  /** Whether the rows of queries and keys stand in pairs, as llama.cpp turns them. */
  pairedRows: boolean;
  /** Whether norms hold their whole gains where the Hub's files hold them less 1. */
  wholeGains?: boolean;
  /** Names of the tensors of one block, in the file and in a checkpoint of the Hub. */
  block: Readonly<Record<string, string>>;
}

const LLAMA_BLOCK = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

const GEMMA = { pairedRows: false, wholeGains: true };
const GEMMA2_BLOCK = {
  ...LLAMA_BLOCK,
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
};
const HEAD_NORMS = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' };

/** Families by `general.architecture`. A new one is an entry here. */
export const GGUF_FAMILIES: Readonly<Record<string, GgufFamily>> = {
  llama: { modelType: 'llama', pairedRows: true, block: LLAMA_BLOCK },
  qwen2: { modelType: 'qwen2', pairedRows: false, block: LLAMA_BLOCK },
  qwen3: {
    modelType: 'qwen3',
    pairedRows: false,
    block: { ...LLAMA_BLOCK, ...HEAD_NORMS },
  },
  gemma: { ...GEMMA, modelType: 'gemma', block: LLAMA_BLOCK },
  gemma2: { ...GEMMA, modelType: 'gemma2', block: GEMMA2_BLOCK },
  gemma3: { ...GEMMA, modelType: 'gemma3_text', block: { ...GEMMA2_BLOCK, ...HEAD_NORMS } },
};

const ENDS: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

/** The Hub's name of a tensor; undefined for one that the family has no use for. */
export function nameOnTheHub(name: string, { block }: GgufFamily): string | undefined {
  if (Object.hasOwn(ENDS, name)) return ENDS[name];
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  if (part === undefined || !Object.hasOwn(block, part)) return undefined;
  return `model.layers.${layer}.${block[part]}.${kind}`;
}
