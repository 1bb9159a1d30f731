import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gaussian } from '../../src/core/maths/random.js';
import {
  bytesOf,
  type TensorToWrite,
  writeSafetensors,
} from '../../src/core/weights/files/safetensorsWriter.js';

/** A tensor of normal deviates; without a deviation it is all `mean`. */
export interface RandomTensor {
  name: string;
  shape: number[];
  deviation: number;
  mean?: number;
}

/** Numbers written at a time. */
const PIECE = 1 << 22;

/** Writes a safetensors file of seeded random weights, unless it is there already. */
export async function writeRandomTensors(
  file: string,
  dtype: 'F32' | 'BF16',
  tensors: readonly RandomTensor[],
): Promise<void> {
  if (existsSync(file)) return;
  const random = deviates();
  await writeSafetensors(
    file,
    tensors.map((tensor): TensorToWrite => {
      const pieces = function* () {
        const count = tensor.shape.reduce((product, size) => product * size, 1);
        for (let first = 0; first < count; first += PIECE) {
          const values = random(Math.min(PIECE, count - first), tensor);
          yield dtype === 'F32' ? bytesOf(values) : toBfloat16(values);
        }
      };
      return { name: tensor.name, dtype, shape: tensor.shape, pieces };
    }),
  );
}

/** Writes config.json beside random weights. */
export async function writeConfig(folder: string, config: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config, null, 2));
}

/** Pieces of one long list of deviates from ever new places: billions of fresh ones would take minutes. */
function deviates(): (count: number, tensor: RandomTensor) => Float32Array {
  const fresh = gaussian(1);
  const list = Float32Array.from({ length: 2 * PIECE }, fresh);
  let place = 0;
  return (count, { deviation, mean = 0 }) => {
    if (deviation === 0) return new Float32Array(count).fill(mean);
    // A step that shares no factor with the range, so that places do not come again soon.
    place = (place + 1_234_577) % PIECE;
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = mean + deviation * list[place + i]!;
    return values;
  };
}

/** bfloat16 is the upper half of a float32. */
function toBfloat16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = bits[i]! >>> 16;
  return new Uint8Array(halves.buffer);
}
