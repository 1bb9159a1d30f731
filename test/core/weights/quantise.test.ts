import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../../../src/core/runtime/session/index.js';
import { Checkpoint } from '../../../src/core/weights/files/checkpoint.js';
import {
  blockBytes,
  blocksOf,
  QUANTISATIONS,
  quantiseRows,
} from '../../../src/core/weights/files/quantise.js';
import { bytesOf, writeSafetensors } from '../../../src/core/weights/files/safetensorsWriter.js';
import { GraphBuilder } from '../../../src/core/weights/graph/graph.js';

/** The weights that integers and scales stand for, [count, inputs]: scale * (q - middle). */
function restored(
  values: Uint8Array,
  scales: Float32Array,
  inputs: number,
  dtype: 'q8' | 'q4',
): Float32Array {
  const { bits, blockSize } = QUANTISATIONS[dtype];
  const blocks = blocksOf(inputs, QUANTISATIONS[dtype]);
  const weights = new Float32Array((scales.length / blocks) * inputs);
  for (let i = 0; i < weights.length; i++) {
    const block = Math.floor(i / inputs) * blocks + Math.floor((i % inputs) / blockSize);
    const place = block * blockSize + ((i % inputs) % blockSize);
    const q = bits === 8 ? values[place]! : (values[place >> 1]! >> (4 * (place % 2))) & 15;
    weights[i] = scales[block]! * (q - 2 ** (bits - 1));
  }
  return weights;
}

test('eight bits: a block of three weights by hand', () => {
  const { values, scales } = quantiseRows(Float32Array.of(1.27, -0.5, 0.004), 3, QUANTISATIONS.q8);
  expect(scales[0]).toBeCloseTo(0.01, 6);
  // 1.27 / 0.01 = 127, -0.5 / 0.01 = -50, 0.004 / 0.01 rounds to 0; the rest of the block is 0.
  expect([...values.subarray(0, 4)]).toEqual([255, 78, 128, 128]);
});

test('four bits: the weight of largest size gets -8, whatever its sign, and two share a byte, low half first', () => {
  const { values, scales } = quantiseRows(Float32Array.of(0.8, -0.4, 0.1, -0.8), 4, QUANTISATIONS.q4);
  expect(scales[0]).toBeCloseTo(-0.1, 6);
  // 0.8 -> -8 -> 0, -0.4 -> 4 -> 12, 0.1 -> -1 -> 7, -0.8 -> 8, which is one too many: 15.
  expect([...values.subarray(0, 3)]).toEqual([0 | (12 << 4), 7 | (15 << 4), 0x88]);
});

test.each(['q8', 'q4'] as const)('%s: no weight is off by more than a step of its block', (dtype) => {
  // No subnormal numbers: a 127th of one is 0.
  const weight = fc
    .float({ noNaN: true, min: -8, max: 8 })
    .map((number) => (Math.abs(number) < 1e-30 ? 0 : number));
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 300 }), (numbers) => {
      const rows = Float32Array.from(numbers);
      const { values, scales } = quantiseRows(rows, rows.length, QUANTISATIONS[dtype]);
      const back = restored(values, scales, rows.length, dtype);
      back.forEach((value, i) => {
        const scale = Math.abs(scales[Math.floor(i / QUANTISATIONS[dtype].blockSize)]!);
        expect(Math.abs(value - rows[i]!)).toBeLessThanOrEqual(scale * 1.0001);
      });
    }),
  );
});

describe.each(['q8', 'q4'] as const)('%s in onnxruntime', (dtype) => {
  // Lengths that are no multiple of a block, too.
  test.each([
    [128, 16],
    [24, 40],
    [200, 7],
    [2048, 64],
  ])(
    '%i inputs, %i outputs: the product is that of the restored weights, but for rounded inputs',
    async (inputs, outputs) => {
      const quantisation = QUANTISATIONS[dtype];
      const random = numbers(inputs * outputs, 3);
      const { values, scales } = quantiseRows(random, inputs, quantisation);
      const blocks = blocksOf(inputs, quantisation);
      const folder = await mkdtemp(join(tmpdir(), 'ghosttree-'));
      const file = join(folder, 'weights.safetensors');
      const name = `w${quantisation.suffix}`;
      const shape = [outputs, blocks, blockBytes(quantisation)];
      await writeSafetensors(file, [
        { name, dtype: 'U8', shape, pieces: () => [values] },
        { name: `${name}.scales`, dtype: 'F32', shape: [outputs, blocks], pieces: () => [bytesOf(scales)] },
      ]);
      const graph = new GraphBuilder();
      const matrix = (await Checkpoint.openFile(file)).matrix('w', inputs, outputs, 'outputs,inputs');
      const x = graph.input('x', 'float32', ['R', inputs]);
      graph.output('y', graph.linear(x, matrix), 'float32', ['R', outputs]);
      const session = await Session.open(graph.encode(), folder, { threads: 1 });
      const data = numbers(5 * inputs, 4);
      const { y } = await session.run({ x: { type: 'float32', data, shape: [5, inputs] } }, ['y']);
      await session.close();

      const weights = restored(values, scales, inputs, dtype);
      const wanted = Float32Array.from({ length: 5 * outputs }, (_, i) => {
        const [row, output] = [Math.floor(i / outputs), i % outputs];
        let sum = 0;
        for (let k = 0; k < inputs; k++) sum += data[row * inputs + k]! * weights[output * inputs + k]!;
        return sum;
      });
      const size = (vector: ArrayLike<number>) => Math.hypot(...Array.from(vector));
      const error = size(wanted.map((value, i) => value - (y.data as Float32Array)[i]!)) / size(wanted);
      // Inputs are rounded to 8 bits a block as well, about 0.5 % each.
      expect(error).toBeLessThan(0.01);
      // A detail of the layout that were wrong (order of halves, the middle, the scales' order) would show.
      expect(size(wanted)).toBeGreaterThan(1);
    },
  );
});

/** Repeatable numbers in -1..1. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
