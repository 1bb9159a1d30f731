import { basename } from 'node:path';
import { InputError } from '../../report/errors.js';
import { type Dtype, elementBytes, elementCount, type TensorLocation } from './safetensors.js';
import { ZipArchive, type ZipEntry } from './zip.js';

/** numpy's names of little-endian dtypes that weights come in. */
const DTYPES = new Map<string, Dtype>([
  ['<f4', 'F32'],
  ['<f2', 'F16'],
  ['<f8', 'F64'],
]);

const LONGEST_NPY_HEADER = 0xffff;

/**
 * Finds the arrays of a numpy archive as `numpy.savez` writes it: a zip of `.npy` files that are stored as they
 * are, so that each array can be read, or mapped into memory, where it lies in the archive. No array is read.
 * Formats: zip APPNOTE 6.3 with zip64; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @returns the location of every array by name, without `.npy`
 * @throws {InputError} when the file is missing, damaged, compressed, or holds what is not a row-major array of
 *   float16, float32 or float64
 */
export function readNpz(file: string): Promise<Map<string, TensorLocation>> {
  return ZipArchive.with(file, async (archive) => {
    const arrays = new Map<string, TensorLocation>();
    for (const entry of await archive.entries()) {
      if (entry.name.endsWith('.npy')) arrays.set(entry.name.slice(0, -4), await arrayIn(archive, entry));
    }
    return arrays;
  });
}

/** Finds one array. */
async function arrayIn(archive: ZipArchive, entry: ZipEntry): Promise<TensorLocation> {
  const { name, size } = entry;
  const start = await archive.startOf(entry, 'numpy.savez');
  const prefix = await archive.read(start, Math.min(12, size));
  const version = prefix[6];
  if (prefix.length < 12 || prefix.toString('latin1', 0, 6) !== '\x93NUMPY' || !version || version > 3)
    throw archive.damaged(`${name} is not an array`);
  const prefixLength = version === 1 ? 10 : 12;
  const headerLength = version === 1 ? prefix.readUInt16LE(8) : prefix.readUInt32LE(8);
  if (headerLength > LONGEST_NPY_HEADER || prefixLength + headerLength > size)
    throw archive.damaged(`the header of ${name} is cut off`);
  const header = (await archive.read(start + prefixLength, headerLength)).toString('latin1');

  const { dtype, shape } = layoutOf(archive, name, header);
  const length = elementCount(shape) * elementBytes(dtype);
  const dataStart = start + prefixLength + headerLength;
  if (dataStart + length !== start + size)
    throw archive.damaged(`${name} should have ${length} bytes and has ${start + size - dataStart}`);
  return { dtype, shape, file: archive.file, offset: dataStart, length };
}

/** Reads the header of a .npy file, a Python dictionary with exactly these three keys. */
function layoutOf(archive: ZipArchive, name: string, header: string): { dtype: Dtype; shape: number[] } {
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shape === undefined)
    throw archive.damaged(`the header of ${name} is not numpy's`);
  const wrong = (what: string) =>
    new InputError(
      `${basename(archive.file)}: ${name} ${what}; expected row-major arrays of ${[...DTYPES.keys()].join(', ')}: convert it with numpy. [${archive.file}]`,
    );
  if (order === 'True') throw wrong('is in Fortran order');
  const dtype = DTYPES.get(descr);
  if (!dtype) throw wrong(`has dtype ${descr}`);
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return { dtype, shape: sizes.map(Number) };
}
