import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sequenceRows } from '../../../../src/core/features/ghost/sequence.js';
import { type Batch, GHOST } from '../../../../src/core/model/ports.js';
import type { Decoder } from '../../../../src/core/runtime/opened/decoder.js';
import { largestDifference } from '../../../support/numbers.js';
import { withDecoder } from '../../../support/openDecoder.js';
import { fixture } from '../../../support/tinyModel.js';

/** Ghosts that replace the residual stream after a block; what the fields mean: test/reference/make_ghosts.py. */
interface Case {
  model: string;
  block: number;
  before: number[];
  after: number[];
  placeholder: number;
  ghost: number[];
  continuation: number[];
  steps: number[][];
  last: number[];
}

const CASES: Case[] = JSON.parse(readFileSync(fixture('ghosts.json'), 'utf8'));
const models = [...new Set(CASES.map(({ model }) => model))];

const idsOf = ({ before, after }: Case) => [...before, GHOST, ...after];
const placed = ({ ghost, block, placeholder }: Case) => ({
  ghosts: [Float32Array.from(ghost)],
  ghostsAfter: { block, placeholder },
});

describe.each(models)('%s', (name) => {
  const cases = CASES.filter(({ model }) => model === name);
  const config = JSON.parse(readFileSync(fixture(name, 'config.json'), 'utf8'));
  const using = <Result>(ask: (decoder: Decoder) => Promise<Result>) =>
    withDecoder(fixture(name), config, ({ decoder }) => ask(decoder));

  test('after every block, logits and stream are those of transformers within 1e-4', () =>
    using(async (decoder) => {
      for (const one of cases) {
        for (const [length, wanted] of one.steps.entries()) {
          const rows = sequenceRows([...idsOf(one), ...one.continuation.slice(0, length)]);
          const batch: Batch = { rows, ...placed(one), shared: [], selected: [rows.length - 1], top: 1 };
          const { logits } = await decoder.inspect(batch, ['logits']);
          expect(largestDifference(logits!, wanted)).toBeLessThan(tolerance(wanted));
        }
        const rows = sequenceRows(idsOf(one));
        const hook = `blocks.${cases.length - 1}.hook_resid_post`;
        const stream = await decoder.residual({ rows, ...placed(one) }, hook);
        const at = one.before.length * decoder.hiddenSize;
        const there = stream.subarray(at, at + decoder.hiddenSize);
        expect(largestDifference(there, one.last)).toBeLessThan(tolerance(one.last));
      }
    }));

  test('a continuation over stored keys and values says the same', () =>
    using(async (decoder) => {
      const one = cases[0]!;
      const store = decoder.createStore();
      const rows = sequenceRows(idsOf(one));
      const batch = { rows, ...placed(one), shared: [], selected: [rows.length - 1], top: 1 };
      let result = await decoder.forward(batch, store);
      const shared = rows.map((_, row) => result.keep(row));
      const ancestors: number[] = [];
      for (const [step, wanted] of one.steps.entries()) {
        const logs = (await result.distributions()).map(Math.log);
        // Logits are known up to a common number.
        expect(
          largestDifference(
            logs.map((log) => log - logs[0]! + wanted[0]!),
            wanted,
          ),
        ).toBeLessThan(2 * tolerance(wanted));
        const token = one.continuation[step];
        if (token === undefined) break;
        const next = { token, position: rows.length + step, ancestors: [...ancestors], peers: [] };
        // No ghost is among these rows, wherever it was.
        result = await decoder.forward({ ...batch, rows: [next], shared, selected: [0] }, store);
        ancestors.push(result.keep(0));
      }
    }));

  test('several ghosts in one batch are each their own', () =>
    using(async (decoder) => {
      const [one] = cases as [Case];
      const other = Float32Array.from(one.ghost, (value) => -value);
      const ghosts = [...placed(one).ghosts, other];
      const together = [GHOST, GHOST - 1].flatMap((ghost, i) =>
        sequenceRows([...one.before, ghost, ...one.after], i * idsOf(one).length),
      );
      const hook = `blocks.${cases.length - 1}.hook_resid_post`;
      const { ghostsAfter } = placed(one);
      const both = await decoder.residual({ rows: together, ghosts, ghostsAfter }, hook);
      const half = both.length / 2;
      for (const [i, ghost] of ghosts.entries()) {
        const rows = sequenceRows(idsOf(one));
        const alone = await decoder.residual({ rows, ghosts: [ghost], ghostsAfter }, hook);
        expect(largestDifference(both.subarray(i * half, (i + 1) * half), alone)).toBeLessThan(1e-5);
      }
    }));

  test('what stands before the ghost is not touched, and without a place it is an embedding', () =>
    using(async (decoder) => {
      const [one] = cases as [Case];
      const rows = sequenceRows(idsOf(one));
      const hook = `blocks.${one.block}.hook_resid_post`;
      const { ghosts, ghostsAfter } = placed(one);
      const there = await decoder.residual({ rows, ghosts, ghostsAfter }, hook);
      const input = await decoder.residual({ rows, ghosts }, hook);
      const first = one.before.length * decoder.hiddenSize;
      expect(there.subarray(0, first)).toEqual(input.subarray(0, first));
      expect(largestDifference(there.subarray(first, first + decoder.hiddenSize), one.ghost)).toBeLessThan(
        1e-5,
      );
      expect(largestDifference(input.subarray(first, first + decoder.hiddenSize), one.ghost)).toBeGreaterThan(
        0.1,
      );
    }));
});

/** 1e-4 of the largest value, or 1e-4. */
function tolerance(values: readonly number[]): number {
  return 1e-4 * Math.max(1, ...values.map(Math.abs));
}
