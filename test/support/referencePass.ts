import { readFileSync } from 'node:fs';
import { sequenceRows } from '../../src/core/features/ghost/sequence.js';
import type { Decoder } from '../../src/core/runtime/opened/decoder.js';
import { Checkpoint } from '../../src/core/weights/files/checkpoint.js';
import { readElements } from '../../src/core/weights/files/safetensors.js';
import { largestDifference } from './numbers.js';

/**
 * Runs the tokens of a reference through a decoder.
 *
 * @param file written by test/reference/make_families.py or make_gguf.py: `tokens`, `logits` and hook points
 * @returns largest differences from its logits and hook points, relative to the largest value of each
 */
export async function differencesFrom(
  file: string,
  decoder: Decoder,
  layers: number,
): Promise<Record<string, number>> {
  const reference = await Checkpoint.openFile(file);
  const rows = sequenceRows(tokensOf(reference));
  const hooks = Array.from({ length: layers }, (_, layer) =>
    ['pre', 'post'].map((place) => `blocks.${layer}.hook_resid_${place}`),
  ).flat();
  const batch = { rows, ghosts: [], shared: [], selected: rows.map((_, index) => index), top: 1 };
  const outputs = await decoder.inspect(batch, ['logits', ...hooks]);
  const entries = Object.entries(outputs).map(async ([output, ours]) => {
    const theirs = await readElements(reference.tensor(output, reference.shape(output)!));
    const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return [output, largestDifference(ours, theirs) / largest] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function tokensOf(reference: Checkpoint): number[] {
  const { file, offset, length } = reference.tensor('tokens', reference.shape('tokens')!);
  const bytes = readFileSync(file).subarray(offset, offset + length);
  return Array.from({ length: length / 8 }, (_, i) => Number(bytes.readBigInt64LE(8 * i)));
}
