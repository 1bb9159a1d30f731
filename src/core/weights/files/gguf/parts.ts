import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { type GgufHeader, type GgufTensor, readGgufHeader } from './header.js';

/** How llama.cpp names the parts of one model. */
const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

const Count = z.number().int().nonnegative();

/**
 * The GGUF file of a model's folder, or the parts of it in their order; none where there is none, or safetensors beside it.
 *
 * @throws {InputError} when there are several models, or parts are missing
 */
export async function ggufFilesIn(folder: string): Promise<string[]> {
  if (['model.safetensors', 'model.safetensors.index.json'].some((name) => existsSync(join(folder, name))))
    return [];
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.gguf')).sort();
  const [first] = names;
  if (first === undefined) return [];
  const [, model, , count] = PART.exec(first) ?? [];
  const others = names.filter((name) => {
    const [, itsModel, , itsCount] = PART.exec(name) ?? [];
    return name !== first && (model === undefined || itsModel !== model || itsCount !== count);
  });
  if (others.length > 0)
    throw new InputError(`${folder} has several GGUF files (${names.join(', ')}): leave one model in it.`);
  if (model === undefined) return [join(folder, first)];
  for (let part = 1; part <= Number(count); part++) {
    const name = `${model}-${String(part).padStart(5, '0')}-of-${count}.gguf`;
    if (names[part - 1] !== name)
      throw new InputError(`${name} is missing: put all ${Number(count)} parts of the model into ${folder}.`);
  }
  return names.map((name) => join(folder, name));
}

/**
 * Reads the header of a GGUF file, or of all parts of one: the first says what the model is.
 *
 * @param files as `ggufFilesIn` gives them
 * @throws {InputError} when a part is damaged, is no part of the others' model, or lacks tensors
 */
export async function readGgufParts(files: readonly string[]): Promise<GgufHeader> {
  const tensors = new Map<string, GgufTensor>();
  let first: GgufHeader | undefined;
  for (const [index, file] of files.entries()) {
    const header = await readGgufHeader(await realpath(file).catch(() => file));
    first ??= header;
    const of = header.metadata.get('split.count', Count.default(1));
    const number = header.metadata.get('split.no', Count.default(0));
    if (of !== files.length || number !== index)
      throw new InputError(
        `${basename(file)} is part ${number + 1} of ${of} by what it says of itself: put all parts of one model into its folder, by the names that llama.cpp gives them. [${file}]`,
      );
    for (const [name, tensor] of header.tensors) {
      if (tensors.has(name))
        throw new InputError(`${basename(file)} has "${name}" once more: fetch the parts again. [${file}]`);
      tensors.set(name, tensor);
    }
  }
  const { file, metadata } = first!;
  const promised = metadata.get('split.tensors.count', Count.default(tensors.size));
  if (promised !== tensors.size)
    throw new InputError(
      `${basename(file)} promises ${promised} tensors, its parts have ${tensors.size}: fetch them again. [${file}]`,
    );
  return { file, metadata, tensors };
}
