import { basename } from 'node:path';
import { InputError } from '../../../report/errors.js';
import { Checkpoint } from '../checkpoint.js';
import type { TensorLocation } from '../safetensors.js';
import { configOf, familyOf } from './config.js';
import { nameOnTheHub } from './families.js';
import type { GgufHeader } from './header.js';
import { readGgufParts } from './parts.js';
import { tokenizerOf } from './tokenizer.js';
import { BLOCK_TYPES } from './types/index.js';

export { ggufFilesIn } from './parts.js';

/** A model in GGUF, as the files of the Hub would give it. */
export interface GgufModel {
  checkpoint: Checkpoint;
  /** config.json */
  config: Record<string, unknown> & { model_type: string };
  /** tokenizer.json. @throws {InputError} when it is of a kind that is not read, or damaged */
  tokenizer: () => Record<string, unknown>;
}

/**
 * Opens a model in one GGUF file or in parts.
 *
 * @param folder the model's
 * @param files as `ggufFilesIn` gives them
 * @throws {InputError} when it is damaged, or of an architecture or type that is not read
 */
export async function openGguf(folder: string, files: readonly string[]): Promise<GgufModel> {
  const header = await readGgufParts(files);
  const config = await configOf(header);
  return {
    checkpoint: Checkpoint.of(folder, namedAsOnTheHub(header, Number(config.head_dim))),
    config,
    tokenizer: () => tokenizerOf(header),
  };
}

/** The tensors that the family uses, by the Hub's names. */
function namedAsOnTheHub(header: GgufHeader, headSize: number): Map<string, TensorLocation> {
  const { family } = familyOf(header);
  const named = new Map<string, TensorLocation>();
  for (const [name, tensor] of header.tensors) {
    const onTheHub = nameOnTheHub(name, family);
    if (onTheHub === undefined) continue;
    if ('unreadable' in tensor) {
      const types = ['F32', 'F16', 'BF16', ...Object.keys(BLOCK_TYPES)].join(', ');
      throw new InputError(
        `${basename(header.file)}: "${name}" is packed as ${tensor.unreadable}; ${types} are read: choose a file of those. [${header.file}]`,
      );
    }
    const isPaired = family.pairedRows && /\.self_attn\.[qk]_proj\./.test(onTheHub);
    named.set(onTheHub, isPaired ? { ...tensor, pairedRows: headSize } : tensor);
  }
  return named;
}
