import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../../report/errors.js';
import { Checkpoint } from '../checkpoint.js';
import type { TensorLocation } from '../safetensors.js';
import { configOf, familyOf } from './config.js';
import { nameOnTheHub } from './families.js';
import { type GgufHeader, readGgufHeader } from './header.js';
import { tokenizerOf } from './tokenizer.js';

/** A model in one GGUF file, as the files of the Hub would give it. */
export interface GgufModel {
  checkpoint: Checkpoint;
  /** config.json */
  config: Record<string, unknown> & { model_type: string };
  /** tokenizer.json. @throws {InputError} when it is not byte-level BPE */
  tokenizer: () => Record<string, unknown>;
}

/**
 * The GGUF file of a model's folder; undefined where there is none, or safetensors beside it.
 *
 * @throws {InputError} when there are several, or a part of one
 */
export async function ggufFileIn(folder: string): Promise<string | undefined> {
  if (['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(join(folder, name))))
    return undefined;
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.gguf')).sort();
  if (names.length > 1)
    throw new InputError(`${folder} has several GGUF files (${names.join(', ')}): leave one model in it.`);
  const [name] = names;
  if (name === undefined) return undefined;
  if (/-\d{5}-of-\d{5}\.gguf$/.test(name))
    throw new InputError(`${name} is a part of a model: merge the parts with llama-gguf-split --merge.`);
  return join(folder, name);
}

/**
 * Opens a GGUF file.
 *
 * @param folder the model's
 * @throws {InputError} when it is damaged, or of an architecture or type that is not read
 */
export async function openGguf(folder: string, file: string): Promise<GgufModel> {
  const header = await readGgufHeader(await realpath(file).catch(() => file));
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
    if ('unreadable' in tensor)
      throw new InputError(
        `${basename(header.file)}: "${name}" is packed as ${tensor.unreadable}; F32, F16, BF16, Q8_0, Q4_0 and Q4_1 are read: choose a file of those. [${header.file}]`,
      );
    const isPaired = family.pairedRows && /\.self_attn\.[qk]_proj\./.test(onTheHub);
    named.set(onTheHub, isPaired ? { ...tensor, pairedRows: headSize } : tensor);
  }
  return named;
}
