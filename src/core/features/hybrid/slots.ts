import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { Row } from '../../model/ports.js';
import { sequenceRows } from '../ghost/sequence.js';

/** Most rows of one batch. */
const ROWS = 512;

/** A carrier that ends where a token may stand, and the tokens that are tried there. */
export interface Slot {
  /** Token ids, BOS first; shorter than the model's context. */
  before: readonly number[];
  candidates: readonly number[];
}

/** One batch: its rows, and where each candidate's row is. */
interface Batch {
  rows: Row[];
  tried: { slot: number; candidate: number; row: number }[];
}

/**
 * How active a feature is on tokens that are put into carriers. What follows a token does not change what the model
 * makes of it, so a carrier ends at its slot, is read once, and every candidate costs one row.
 *
 * @param outOfTime asked after every batch; where true the others are left out
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @returns activations in the SAE's units, for each slot one for each candidate; 0 where it was not tried
 */
export async function activationsInSlots(
  { language }: Pick<RunningModel, 'language'>,
  source: FeatureSource,
  feature: number,
  slots: readonly Slot[],
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<Float32Array[]> {
  const activationsOfSlots = slots.map(({ candidates }) => new Float32Array(candidates.length));
  const all = slots.reduce((sum, { candidates }) => sum + candidates.length, 0);
  let done = 0;
  for (const { rows, tried } of batches(slots)) {
    const residual = await language.residual({ rows, ghosts: [] }, source.hook);
    const activations = await source.encode(residual, rows.length);
    for (const { slot, candidate, row } of tried)
      activationsOfSlots[slot]![candidate] = activations[row * source.features + feature]!;
    done += tried.length;
    await onShare(done / all);
    if (outOfTime()) break;
  }
  return activationsOfSlots;
}

function* batches(slots: readonly Slot[]): Generator<Batch> {
  let batch: Batch = { rows: [], tried: [] };
  for (const [slot, { before, candidates }] of slots.entries()) {
    for (let next = 0; next < candidates.length; ) {
      // A batch that has hardly room for more than the carrier is full.
      if (batch.rows.length > 0 && batch.rows.length + 2 * before.length > ROWS) {
        yield batch;
        batch = { rows: [], tried: [] };
      }
      const { rows, tried } = batch;
      const first = rows.length;
      rows.push(...sequenceRows(before, first));
      const peers = before.map((_, position) => first + position);
      do {
        tried.push({ slot, candidate: next, row: rows.length });
        rows.push({ token: candidates[next]!, position: before.length, ancestors: [], peers });
        next++;
      } while (next < candidates.length && rows.length < ROWS);
    }
  }
  if (batch.tried.length > 0) yield batch;
}
