import type { RegisteredSae } from './sae.js';

/** Families of models by the registry's names that `core/weights/graph/families` knows. */
const FAMILIES = new Set([
  'gpt2',
  'gemma1',
  'gemma2',
  'gemma3',
  'gpt_neox',
  'llama',
  'mistral',
  'qwen2',
  'qwen3',
]);
const SITES = new Set(['resid_pre', 'resid_post']);
/** SAELens' loaders whose files `core/weights/sae/formats` knows. */
const LOADERS = new Set([
  'sae_lens',
  'gemma_2',
  'gemma_3',
  'llama_scope',
  'llama_scope_r1_distill',
  'dictionary_learning_1',
  'deepseek_r1',
  'qwen_scope',
  'goodfire',
]);
const ARCHITECTURES = new Set(['standard', 'gated', 'topk', 'jumprelu', 'batchtopk->jumprelu']);

/** Why an SAE of the registry cannot be asked; undefined where it can. */
export function whyNotAsked(sae: RegisteredSae): string | undefined {
  const { family, site, loader, architecture, normalization } = sae;
  if (!FAMILIES.has(family)) return `models of the family ${family} are not known`;
  if (!LOADERS.has(loader)) return `its format (${loader}) is not read`;
  if (!SITES.has(site)) return `it reads ${site}, not the residual stream between blocks`;
  if (!ARCHITECTURES.has(architecture)) return `its architecture (${architecture}) is not known`;
  // Its own config does not say it, and a catalogue cannot.
  if (normalization !== undefined)
    return `only the registry says that its input is normalised (${normalization})`;
  return undefined;
}
