import type { RunningModel, StreamPlace } from '../../model/model.js';
import { sequenceRows } from '../ghost/sequence.js';
import { readableText } from './activations.js';
import { joined, withoutMassive } from './parity.js';
import { PARITY_PASSAGES } from './parityText.js';

/**
 * The mean of the residual stream after a block, and the median distance of a token's stream from it, over the parity
 * check's passages without BOS and without tokens of massive norm.
 */
export async function measureStreamPlace(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  block: number,
): Promise<StreamPlace> {
  const { language } = model;
  const width = language.hiddenSize;
  const streams: Float32Array[] = [];
  for (const passage of PARITY_PASSAGES) {
    const rows = sequenceRows(readableText(model, passage));
    const residual = await language.residual({ rows, ghosts: [] }, `blocks.${block}.hook_resid_post`);
    streams.push(residual.subarray(width));
  }
  const usual = withoutMassive(joined(streams), width);
  const rows = Array.from({ length: usual.length / width }, (_, row) =>
    usual.subarray(row * width, (row + 1) * width),
  );
  const mean = new Float32Array(width).map(
    (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length,
  );
  const distances = Float64Array.from(rows, (row) => Math.hypot(...row.map((value, i) => value - mean[i]!)));
  return { mean, unit: distances.sort()[distances.length >> 1]! };
}
