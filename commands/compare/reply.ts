import {
  capitalised,
  comparedTitle,
  differenceSentence,
  isOneFeature,
  sideNames,
  tokenNames,
} from '../../renderers/compare/words.js';
import { settingWords } from '../../renderers/text/settingWords.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { ComparedSide, CompareReport } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCutoff, formatLength, formatProbability } from '../../src/text/numbers.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { featureLine, questionLine } from '../line/featureLine.js';
import { definitionTexts } from '../parts/definitions.js';
import { fileName } from '../parts/fileName.js';
import { type LabelledFeature, labelTexts } from '../parts/labels.js';
import { parityTexts } from '../parts/parity.js';
import { prunedText } from '../parts/pruned.js';

const DEFINITIONS = 3;
const TOKENS = 8;

/**
 * A comparison as an answer.
 *
 * @param features what is compared, one or two, with what is known of where they fire
 * @param line asks the question again
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function compareReply(
  report: CompareReport,
  features: readonly LabelledFeature[],
  model: CatalogueModel,
  settings: Settings,
  line: string,
  pictures: Jobs | undefined,
): Promise<Reply> {
  const name = fileName(nameOf(report), line, ['weights']);
  const { sides, parameters } = report;
  const drawn = sides.map(({ sae, weights }) => [sae, weights]);
  const picture = await pictures?.picture(
    JSON.stringify([report.schema, report.model, drawn, parameters]),
    async () => {
      // canvas takes a moment to load, so it is loaded only when a picture is wanted.
      const { drawCompare } = await import('../../renderers/compare/index.js');
      return drawCompare(report);
    },
  );
  return {
    title: `${report.model.id} · ${comparedTitle(report)}`,
    text: [...labelTexts(features), textOf(report)].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: actions(report, model, settings),
  };
}

/** `gemma-2b-L10-F777-compare`, `gemma-2b-L10-F777-L6-F301-encoder-compare`. */
function nameOf(report: CompareReport): string {
  const [first, second] = report.sides;
  const address = ({ sae }: ComparedSide) => `L${sae.layer}-F${sae.feature}`;
  const secondParts = isOneFeature(report) ? [] : [address(second), first.weights];
  return [report.model.id, address(first), ...secondParts, 'compare'].join('-');
}

function textOf(report: CompareReport): string {
  const { sides, lists, trees, parameters } = report;
  const names = sideNames(report);
  const [firstShare, secondShare] = trees.shared.map(formatProbability);
  const sideTexts = sides.flatMap((side, index) => [
    `${capitalised(names[index]!)}, ghost ${settingWords(side)}${missed(side)}, ${counted(side.tree.nodes, 'node')} at cutoff ${formatCutoff(side.tree.cutoff)}:`,
    ...definitionTexts(side.tree, DEFINITIONS),
    ...prunedText({ tree: side.tree, parameters }),
    '',
  ]);
  return [
    differenceSentence(report),
    '',
    ...sideTexts,
    `Shared branches hold ${firstShare} of what ${names[0]} says and ${secondShare} of what ${names[1]} says.`,
    ...tokenLines(report, names),
    `Rank-biased overlap of the lists ${formatLength(lists.rankBiased)}.`,
    ...new Set(sides.flatMap(({ sae }) => parityTexts(sae.parity))),
  ].join('\n');
}

/** A note for a side where no scale was better than another. */
function missed({ ghost }: ComparedSide): string {
  return ghost.chosen === 'fallback' ? ' (nothing that either says activates it)' : '';
}

function tokenLines({ sides }: CompareReport, names: readonly [string, string]): string[] {
  const both = tokenNames(
    sides[0].tokens.filter(({ otherRank }) => otherRank !== null),
    TOKENS,
  );
  const onlyTokens = sides.map(({ tokens }) =>
    tokenNames(
      tokens.filter(({ otherRank }) => otherRank === null),
      TOKENS,
    ),
  );
  const line = (where: string, tokens: readonly string[]) =>
    tokens.length > 0 ? [`Near ${where}: ${tokens.join('  ')}`] : [];
  return [
    ...line('both', both),
    ...line(`${names[0]} only`, onlyTokens[0]!),
    ...line(`${names[1]} only`, onlyTokens[1]!),
  ];
}

/** Both trees as `/feature` draws them, both sweeps, the report. */
function actions(report: CompareReport, model: CatalogueModel, settings: Settings): ReplyAction[] {
  const { sides, parameters } = report;
  const names = sideNames(report);
  const trees = sides.map(({ sae, weights, at, scale }, index): ReplyAction => {
    const asked = { ...parameters, weights, at, scale };
    const question = { layer: sae.layer, feature: sae.feature, parameters: asked };
    return { label: `Tree of ${names[index]}`, does: { line: featureLine(question, model, settings) } };
  });
  const sweeps = sides.map(({ sae, weights }, index): ReplyAction => {
    const { theme } = parameters;
    const question = { layer: sae.layer, feature: sae.feature, parameters: { weights, theme } };
    return {
      label: `Scales of ${names[index]}`,
      does: { line: questionLine('sweep', question, model, settings) },
    };
  });
  return [...trees, ...sweeps, { label: 'JSON', does: { file: 'json' } }];
}
