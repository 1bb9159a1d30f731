import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import {
  elementBytes,
  openForReading,
  type PlainDtype,
  readExactly,
  type TensorLocation,
} from '../safetensors.js';
import { ZipArchive, type ZipEntry } from '../zip.js';
import { Call, Named, PickleFault, Reference, readPickle } from './pickle.js';

/** Where a tensor of a PyTorch file lies. */
export interface TorchTensor extends TensorLocation {
  /** The file holds it transposed: a matrix [rows, columns] as `shape` says, of which the tensor is [columns, rows]. */
  transposed: boolean;
}

const DTYPES: Readonly<Record<string, PlainDtype>> = {
  Float: 'F32',
  Double: 'F64',
  Half: 'F16',
  BFloat16: 'BF16',
  Long: 'I64',
  Int: 'I32',
  Short: 'I16',
  Char: 'I8',
  Byte: 'U8',
  Bool: 'BOOL',
};

/** Longest pickle that is read; that of a state_dict of an SAE has some hundred bytes. */
const LONGEST_PICKLE = 16_000_000;
/** Dictionaries inside dictionaries that are looked through, and entries of all of them. */
const MOST = { depth: 3, entries: 100_000 };
/** How files of PyTorch before 1.6 begin: a pickle of a number that stands for that format. */
const LEGACY = Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex');

const Integer = z.number().int().nonnegative();
const Storage = z.tuple([z.literal('storage'), z.instanceof(Named), z.string(), z.unknown(), Integer]);
const Sizes = z.array(Integer).max(8);
/** Arguments of `_rebuild_tensor_v2`; what is behind them changes no number. */
const Tensor = z.tuple([z.instanceof(Reference), Integer, Sizes, Sizes]).rest(z.unknown());

/**
 * Finds the tensors of a file that `torch.save` wrote (PyTorch 1.6 and later): a zip whose pickle says what lies where.
 * Nothing in it is run: the pickle is read by a list of opcodes and names that make plain data and tensors, and anything
 * else is refused by its name. No tensor is read.
 *
 * @returns the location of every tensor in dictionaries, by their keys joined with dots
 * @throws {InputError} when the file is missing, damaged, of another format, or holds something else than plain data
 */
export async function readTorch(path: string): Promise<Map<string, TorchTensor>> {
  // onnxruntime refuses weights behind a link that leads out of the folder, as the Hub's cache has them.
  const file = await realpath(path).catch(() => path);
  await refuseLegacy(file);
  return ZipArchive.with(file, async (archive) => {
    const entries = new Map((await archive.entries()).map((entry) => [entry.name, entry]));
    const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
    const [pickle] = pickles;
    if (pickle === undefined || pickles.length > 1)
      throw archive.damaged('it has not one data.pkl, as torch.save writes it');
    const root = pickle.slice(0, -'data.pkl'.length);
    const order = entries.get(`${root}byteorder`);
    if (order && (await contentOf(archive, order)).toString('latin1') !== 'little')
      throw new InputError(`${basename(file)} is big-endian: save it again on another machine. [${file}]`);
    try {
      const value = readPickle(await contentOf(archive, entries.get(pickle)!));
      const tensors = new Map<string, TorchTensor>();
      for (const [name, call] of callsIn(value))
        tensors.set(name, await tensorOf(archive, entries, root, name, call));
      return tensors;
    } catch (error) {
      if (!(error instanceof PickleFault)) throw error;
      throw new InputError(
        `${basename(file)} is not read: ${error.message}. Only plain data and tensors are taken from files of PyTorch, since others can run programs: convert it to safetensors, or choose another file. [${file}]`,
      );
    }
  });
}

async function refuseLegacy(file: string): Promise<void> {
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    if (size < LEGACY.length || !(await readExactly(handle, 0, LEGACY.length, file)).equals(LEGACY)) return;
    throw new InputError(
      `${basename(file)} is in the format of PyTorch before 1.6: load it with torch and save it again. [${file}]`,
    );
  } finally {
    await handle.close();
  }
}

async function contentOf(archive: ZipArchive, entry: ZipEntry): Promise<Buffer> {
  if (entry.size > LONGEST_PICKLE) throw archive.damaged(`${entry.name} has ${entry.size} bytes`);
  return archive.read(await archive.startOf(entry, 'torch.save'), entry.size);
}

/** The tensors in dictionaries, by their keys. A dictionary may hold itself. */
function* callsIn(whole: unknown): Generator<[string, Call]> {
  let seen = 0;
  function* inside(value: unknown, prefix: string, depth: number): Generator<[string, Call]> {
    if (!(value instanceof Map) || depth === MOST.depth) return;
    for (const [key, item] of value) {
      if (++seen > MOST.entries) throw new PickleFault(`it has more than ${MOST.entries} entries`);
      if (typeof key !== 'string') continue;
      if (item instanceof Call) yield [prefix + key, item];
      else yield* inside(item, `${prefix}${key}.`, depth + 1);
    }
  }
  yield* inside(whole, '', 0);
}

async function tensorOf(
  archive: ZipArchive,
  entries: ReadonlyMap<string, ZipEntry>,
  root: string,
  name: string,
  call: Call,
): Promise<TorchTensor> {
  const shown = JSON.stringify(name.slice(0, 100));
  // A parameter is its tensor and whether it is trained.
  const { path, args } = call;
  const made = path === 'torch._utils _rebuild_parameter' ? args[0] : call;
  const parsed = Tensor.safeParse(made instanceof Call ? made.args : undefined);
  const storage = Storage.safeParse(parsed.data?.[0].id);
  if (!parsed.success || !storage.success) throw archive.damaged(`${shown} is described in an unknown way`);
  const [, offset, shape, strides] = parsed.data;
  const [, type, key, , count] = storage.data;
  const dtype = DTYPES[/^torch (\w+)Storage$/.exec(type.path)?.[1] ?? ''];
  const entry = entries.get(`${root}data/${key}`);
  if (!dtype || !entry) throw archive.damaged(`the numbers of ${shown} are missing`);
  const bytes = elementBytes(dtype);
  if (entry.size !== count * bytes)
    throw archive.damaged(
      `the numbers of ${shown} should have ${count * bytes} bytes and have ${entry.size}`,
    );
  const elements = shape.reduce((product, size) => product * size, 1);
  const order = orderOf(shape, strides);
  if (order === undefined)
    throw new InputError(
      `${basename(archive.file)}: ${shown} is a view with gaps (shape [${shape}], strides [${strides}]): save it with .contiguous(). [${archive.file}]`,
    );
  if (!Number.isSafeInteger(elements) || offset + elements > count)
    throw archive.damaged(`${shown} has more numbers than there are`);
  const start = await archive.startOf(entry, 'torch.save');
  return {
    dtype,
    shape: order === 'transposed' ? shape.toReversed() : shape,
    file: archive.file,
    offset: start + offset * bytes,
    length: elements * bytes,
    transposed: order === 'transposed',
  };
}

/** Whether numbers stand row after row or, in a matrix, column after column; axes of size 1 may have any stride. */
function orderOf(shape: readonly number[], strides: readonly number[]): 'plain' | 'transposed' | undefined {
  if (shape.length !== strides.length) return undefined;
  const follows = (axes: readonly number[]) => {
    let step = 1;
    return axes.every((axis) => {
      const fits = shape[axis] === 1 || strides[axis] === step;
      step *= shape[axis]!;
      return fits;
    });
  };
  const axes = shape.map((_, axis) => axis);
  if (follows(axes.toReversed())) return 'plain';
  return shape.length === 2 && follows(axes) ? 'transposed' : undefined;
}
