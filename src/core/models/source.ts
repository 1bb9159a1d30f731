/** Where a model's files lie; plain data from the catalogue. */
export interface ModelSource {
  /** Name people use, such as `gloss-12l`. */
  id: string;
  /** Absolute path of a folder with config.json, model.safetensors (or shards), tokenizer.json. */
  folder: string;
  /** Name of the SAE release. */
  release: string;
  /** SAEs by layer: TransformerLens hook point and absolute path of the SAELens folder. */
  saes: Record<number, { hook: string; folder: string }>;
}
