import type { ColumnPicture } from '../../renderers/canvas/column.js';
import { scaleRuns } from '../../renderers/sweep/scaleRuns.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { FeatureEvidence, ScalePoint, SweepReport } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { formatFactor, formatLength, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { featureLine, questionLine } from '../line/featureLine.js';
import { fileName } from '../parts/fileName.js';
import { labelTexts } from '../parts/labels.js';
import { parityTexts } from '../parts/parity.js';

/** Points of the grid in an octave: the other trees offered are an octave below and above the chosen scale. */
const OCTAVE = 3;
/** Characters of a definition in the text, so that 16 of them fit a message of Discord. */
const LONGEST = 60;

/**
 * A sweep as an answer.
 *
 * @param evidence what is known of where the feature fires
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function sweepReply(
  report: SweepReport,
  evidence: FeatureEvidence | undefined,
  model: CatalogueModel,
  settings: Settings,
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { sae, parameters, chosen } = report;
  const base = `${report.model.id}-L${sae.layer}-F${sae.feature}-${parameters.weights}-sweep`;
  const asked = { layer: sae.layer, feature: sae.feature, parameters };
  const name = fileName(base, questionLine('sweep', asked, model, settings), ['weights']);
  const picture = pictures ? await draw(report, evidence?.maximum, pictures) : undefined;
  const title = `${report.model.id} · layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights} · best scale ${formatLength(chosen.relative)} × mean token distance`;
  return {
    title,
    text: [
      ...labelTexts([{ layer: sae.layer, feature: sae.feature, evidence }]),
      ...definitionLines(report),
      '',
      chosenLine(report),
      ...parityTexts(sae.parity),
    ].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: actions(report, model, settings),
  };
}

function draw(report: SweepReport, maximum: number | undefined, jobs: Jobs): Promise<ColumnPicture> {
  return jobs.picture(
    JSON.stringify(['sweep', report.model, report.sae, report.parameters, maximum]),
    async () => {
      // canvas takes a moment to load, so it is loaded only when a picture is wanted.
      const { drawSweep } = await import('../../renderers/sweep/index.js');
      return drawSweep(report, maximum === undefined ? {} : { maximum });
    },
  );
}

/** What the feature says first, a line for each run of scales that say the same. */
function definitionLines({ points, chosen }: SweepReport): string[] {
  const rows = scaleRuns(points).map(({ first, last }) => {
    const best = chosen.index >= first && chosen.index <= last;
    const { definitions } = points[best ? chosen.index : strongest(points, first, last)]!;
    const [leading] = definitions;
    return {
      scales: `${first === last ? '' : `${formatFactor(points[first]!.relative)} to `}${formatFactor(points[last]!.relative)} ×`,
      probability: leading ? formatProbability(leading.probability) : '',
      text: leading
        ? `${shorten(readable(leading.text), LONGEST)}${leading.ended ? '' : ' …'}${best ? '  ← best' : ''}`
        : '',
    };
  });
  const width = (cells: string[]) => Math.max(...cells.map(({ length }) => length));
  const scales = width(rows.map((row) => row.scales));
  const probabilities = width(rows.map((row) => row.probability));
  return rows.map(
    (row) => `${row.scales.padStart(scales)}  ${row.probability.padStart(probabilities)}  ${row.text}`,
  );
}

/** The scale of a run at which its leading definition is most probable. */
function strongest(points: readonly ScalePoint[], first: number, last: number): number {
  let best = first;
  for (let i = first; i <= last; i++)
    if (points[i]!.definitions[0]!.probability > points[best]!.definitions[0]!.probability) best = i;
  return best;
}

function chosenLine({ chosen, points }: SweepReport): string {
  const point = points[chosen.index]!;
  if (chosen.criterion === 'fallback')
    return `No scale's definitions make the feature active when they are read back: ${formatLength(chosen.relative)} × is taken instead.`;
  return `Best by "${CRITERION_NAMES[chosen.criterion]}"; there the feature is active ${formatLength(point.readBack)} on its own definitions, entropy ${formatLength(point.entropy)} bits.`;
}

const CRITERION_NAMES = {
  activation: 'activation at the ghost',
  divergence: 'divergence from random ghosts',
  entropy: 'entropy of the first token',
  agreement: 'agreement of neighbouring scales',
  readBack: 'activation on its definitions read back',
} as const;

/** The trees at the chosen scale and an octave to either side, the other vector, the report. */
function actions(report: SweepReport, model: CatalogueModel, settings: Settings): ReplyAction[] {
  const { points, chosen, parameters, sae } = report;
  const address = { layer: sae.layer, feature: sae.feature };
  const at = (index: number): ReplyAction => {
    const { relative } = points[index]!;
    const label = `Tree at ${formatFactor(relative)} ×${index === chosen.index ? ' (best)' : ''}`;
    const scale = Number(relative.toPrecision(6));
    const question = { ...address, parameters: { ...parameters, at: 'input' as const, scale } };
    return { label, does: { line: featureLine(question, model, settings) } };
  };
  // At an end of the grid, the next points inwards.
  const last = points.length - 1;
  const { index } = chosen;
  const below = index >= OCTAVE ? index - OCTAVE : Math.min(last, index + 2 * OCTAVE);
  const above = index + OCTAVE <= last ? index + OCTAVE : Math.max(0, index - 2 * OCTAVE);
  const weights = parameters.weights === 'encoder' ? 'decoder' : 'encoder';
  const other = { ...address, parameters: { ...parameters, weights } } as const;
  return [
    at(index),
    ...[below, above].sort((a, b) => a - b).map(at),
    {
      label: weights === 'encoder' ? 'Encoder' : 'Decoder',
      does: { line: questionLine('sweep', other, model, settings) },
    },
    { label: 'JSON', does: { file: 'json' } },
  ];
}
