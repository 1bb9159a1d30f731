import type { LogitLens } from '../../model/ports.js';
import { center } from '../../weights/derived/embeddingStatistics.js';
import type { Checkpoint } from '../../weights/files/checkpoint.js';
import { readElements } from '../../weights/files/safetensors.js';
import type { DecoderGraph } from '../../weights/graph/architecture.js';
import type { Head } from './head.js';

/**
 * The logit lens of a model: final norm's weight, then the head.
 *
 * @throws {InputError} when the checkpoint lacks the norm
 */
export async function openLens(
  checkpoint: Checkpoint,
  { finalNorm, hiddenSize }: Pick<DecoderGraph, 'finalNorm' | 'hiddenSize'>,
  head: Head,
): Promise<LogitLens> {
  const weight = await readElements(checkpoint.tensor(finalNorm.weight, [hiddenSize]));
  return {
    async logits(vectors) {
      const rows = vectors.slice();
      for (let at = 0; at < rows.length; at += hiddenSize) {
        const row = rows.subarray(at, at + hiddenSize);
        if (finalNorm.centers) center(row);
        for (let i = 0; i < hiddenSize; i++) row[i]! *= finalNorm.from + weight[i]!;
      }
      return head.products(rows);
    },
  };
}
