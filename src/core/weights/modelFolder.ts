import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tokenizer } from '../model/model.js';
import { beginningToken } from './beginningToken.js';
import { Checkpoint, readJson } from './files/checkpoint.js';
import { ggufFilesIn, openGguf } from './files/gguf/index.js';
import { loadTokenizer, TokenizerFile } from './tokenizer.js';

const Config = z.looseObject({ model_type: z.string() });
export type ModelConfig = z.infer<typeof Config>;

/** A model's files, whichever way they are stored. */
export interface ModelFolder {
  checkpoint: Checkpoint;
  /** What config.json says, or would say. */
  config: ModelConfig;
  /**
   * @param vocabularySize rows of the model's table of embeddings
   * @throws {InputError} when it is missing or damaged, or is not this model's
   */
  tokenizer(vocabularySize: number): Promise<Tokenizer>;
}

/**
 * Opens a folder with config.json, safetensors and tokenizer.json, or with a GGUF file or its parts, which a tokenizer.json
 * may stand beside. No weights are read.
 *
 * @throws {InputError} when files are missing, damaged or not supported
 */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  const files = await ggufFilesIn(folder);
  const gguf = files.length === 0 ? undefined : await openGguf(folder, files);
  const checkpoint = gguf?.checkpoint ?? (await Checkpoint.open(folder));
  const config: ModelConfig = gguf?.config ?? (await readJson(join(folder, 'config.json'), Config));
  return {
    checkpoint,
    config,
    async tokenizer(vocabularySize) {
      const path = join(folder, 'tokenizer.json');
      const content =
        gguf && !existsSync(path)
          ? TokenizerFile.parse(gguf.tokenizer())
          : await readJson(path, TokenizerFile);
      const bos = await beginningToken(folder, config, content);
      return loadTokenizer(content, { folder, bos, vocabularySize });
    },
  };
}
