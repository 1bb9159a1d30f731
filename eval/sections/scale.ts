import { bestScale, SCALE_RULES, type ScaleRule } from '../../src/core/features/sweep/bestScale.js';
import { BEAM, CRITERIA, GRID } from '../../src/core/features/sweep/scales.js';
import type { Half } from '../measures/split.js';
import { estimate, mean, written } from '../measures/statistics.js';
import type { Evaluation } from '../run.js';
import { ORACLE, type ScaleTruth, scaleTruths, WIDER } from './scaleData.js';

/** Features of each layer and half. */
const FEATURES = 25;
const SHARES = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1];
/** Index of today's fixed scale, the mean token distance. */
const AUTO = GRID.indexOf(1);

type Pick = (truth: ScaleTruth) => number;

/** Which criterion finds the scale at which a feature speaks best. */
export const scale: Evaluation = {
  name: 'scale',
  title: 'The scale at which a feature speaks',
  run: async () => scaleSection(await scaleTruths(FEATURES)),
};

/** The section of docs/evaluation.md. */
export function scaleSection(truths: readonly ScaleTruth[]): string {
  const tables = (['encoder', 'decoder'] as const).map((weights) => {
    const of = (half: Half) => truths.filter((truth) => truth.weights === weights && truth.half === half);
    const [tuning, heldOut] = [of('tuning'), of('held-out')];
    const row = (name: string, pick: Pick) =>
      `| ${name} | ${written(estimate(reached(heldOut, 'oracle', pick)))} | ${written(estimate(reached(heldOut, 'wider', pick)))} | ${written(estimate(picked(heldOut, 'likelihood', pick)))} | ${written(estimate(picked(heldOut, 'agreement', pick)))} |`;
    const fixed = GRID.map((_, index) => mean(reached(tuning, 'oracle', () => index)));
    const best = fixed.indexOf(Math.max(...fixed));
    const rules = CRITERIA.map((criterion) => {
      const candidates = SHARES.map((share): ScaleRule => ({ criterion, share, fallback: GRID[AUTO]! }));
      const scores = candidates.map((rule) => mean(reached(tuning, 'oracle', by(rule))));
      return candidates[scores.indexOf(Math.max(...scores))]!;
    });
    const judged = reached(heldOut, 'oracle', () => 0).length;
    return [
      `### ${weights}: ${heldOut.length} held-out features, ${judged} with an oracle above 0`,
      '',
      '| scale | share of the oracle reached | of the wider one | log-ratio under the own snippets | cosine with them |',
      '| --- | --- | --- | --- | --- |',
      row('fixed, 1 × mean token distance (`scale=auto`)', () => AUTO),
      row(`fixed, ${GRID[best]!.toPrecision(2)} ×, best on the tuning half`, () => best),
      ...rules.map((rule) => row(`${rule.criterion}, first at ${rule.share} of its maximum`, by(rule))),
      row('**`scale=best`**', by(SCALE_RULES[weights])),
      row('oracle', ({ oracle }) => oracle.indexOf(Math.max(...oracle))),
    ].join('\n');
  });
  return [
    `A feature's oracle is the scale of the grid at which its ${ORACLE.width} strongest definitions (beam search, up to ${ORACLE.longest} tokens), read as plain text after BOS, activate it most: largest activation in each text, mean weighed by probability. A criterion reaches the share of that activation which the scale it picks has. Features whose definitions never activate them, at no scale, have no oracle and are left out of those columns; the snippets judge all. \`readBack\`, the criterion of \`scale=best\`, is made as the oracle is, from as many, shorter definitions (${BEAM.width}, up to ${BEAM.longest} tokens), smoothed: it is near the oracle by construction, since reading back is cheap enough to be done for every answer. The wider oracle, which reads ${WIDER.width} definitions, is nearer to a test of it, and the independent judge is what the criterion never sees, the snippets: how much more often what the definitions say stands in the feature's own than in all (log-ratio of frequencies, nats a token), and the cosine of the bags of tokens. Shares were chosen on the tuning half; ${FEATURES} features of each layer and half.`,
    ...tables,
  ].join('\n\n');
}

function by(rule: ScaleRule): Pick {
  return ({ points }) => bestScale(points, rule).index;
}

/** Share of the oracle's activation at the picked scale, of features that have an oracle. */
function reached(truths: readonly ScaleTruth[], oracle: 'oracle' | 'wider', pick: Pick): number[] {
  return truths.flatMap((truth) => {
    const most = Math.max(...truth[oracle]);
    return most > 0 ? [truth[oracle][pick(truth)]! / most] : [];
  });
}

function picked(truths: readonly ScaleTruth[], key: 'agreement' | 'likelihood', pick: Pick): number[] {
  return truths.map((truth) => truth[key][pick(truth)]!);
}
