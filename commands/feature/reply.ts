import type { Picture, TreePicture } from '../../renderers/index.js';
import { headWords } from '../../renderers/text/headWords.js';
import { holdWarning, holdWords } from '../../renderers/text/holdWords.js';
import { settingWords } from '../../renderers/text/settingWords.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import {
  type FeatureReport,
  type FeatureRequest,
  type HoldSummary,
  isRounded,
} from '../../src/core/index.js';
import { verdictOf } from '../../src/core/judging.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCutoff, formatLength } from '../../src/text/numbers.js';
import { attached, type Reply, type ReplyLink } from '../line/command.js';
import { featureLine } from '../line/featureLine.js';
import { definitionTexts } from '../parts/definitions.js';
import { evidenceTexts } from '../parts/evidence.js';
import { fileName } from '../parts/fileName.js';
import { hybridText } from '../parts/hybrid.js';
import { kindText } from '../parts/kind.js';
import { parityTexts } from '../parts/parity.js';
import { prunedText } from '../parts/pruned.js';
import { listInALine, tokenTable } from '../parts/tokenTable.js';
import { spokenTexts } from '../parts/verdict.js';
import { featureActions } from './actions.js';

const DEFINITIONS = 5;

/**
 * A report as an answer: what everybody sees first, the picture, the list, and the report itself.
 *
 * @param answered with what is known of where the feature fires
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function featureReply(
  answered: FeatureReport,
  place: CatalogueModel,
  question: FeatureRequest,
  settings: Settings,
  pictures: Jobs | undefined,
): Promise<Reply> {
  const report = { ...answered, verdict: verdictOf(answered, answered.evidence) };
  const { model, sae, parameters, held: hold } = report;
  const neuronpedia = place.neuronpedia[sae.layer];
  const line = featureLine(question, place, settings);
  const name = fileName(`${model.id}-L${sae.layer}-F${sae.feature}-${parameters.weights}`, line, ['weights']);
  const card = pictures && (await drawnCard(report, pictures));
  const tree = pictures && (await drawnTree(report, settings, pictures));
  const listed = listInALine(report, settings.defaults);
  return {
    title: titleOf(report),
    text: [
      ...headWords(report),
      '',
      ...evidenceTexts(report.evidence),
      // What is said of a held feature is said by the tree alone.
      ...(hold ? definitionTexts(report.tree, DEFINITIONS) : spokenTexts(report, DEFINITIONS)),
      '',
      ...(listed === undefined ? [] : [listed, '']),
      kindText(report),
      treeLine(report),
      ...(hold ? [holdText(hold)] : []),
      ...prunedText(report),
      ...hybridText(report),
      ...parityTexts(sae.parity),
      ...(tree?.notes ?? []),
    ].join('\n'),
    ...attached(name, card, report, { tree }),
    ...(listed === undefined ? tokenTable(report) : { tokens: [] }),
    ...(neuronpedia && { link: neuronpediaLink(neuronpedia, sae.feature) }),
    actions: featureActions(report, tree?.trim ?? parameters.trim, question, place, settings),
  };
}

function neuronpediaLink(name: string, feature: number): ReplyLink {
  return { label: 'This feature at Neuronpedia', url: `https://www.neuronpedia.org/${name}/${feature}` };
}

function drawnCard(report: FeatureReport, jobs: Jobs): Promise<Picture> {
  return jobs.picture(pictureKey('card', report), async () => {
    // canvas takes a moment to load, so it is loaded only when a picture is wanted.
    const { drawCard } = await import('../../renderers/index.js');
    return drawCard(report);
  });
}

/** The word tree; the whole tree of tokens where a trim was chosen. */
async function drawnTree(report: FeatureReport, { defaults }: Settings, jobs: Jobs): Promise<TreePicture> {
  const { trim } = report.parameters;
  const { drawBranches, drawWordTree } = await import('../../renderers/index.js');
  if (trim !== defaults.trim)
    return jobs.picture(pictureKey('branches', report), () => drawBranches(report, trim));
  return jobs.picture(pictureKey('words', report), () => drawWordTree(report));
}

/** All of a report that is drawn. */
function pictureKey(what: string, report: FeatureReport): string {
  const { model, sae, parameters, tree, hybrid, evidence, verdict, definitions, firing } = report;
  return JSON.stringify([
    what,
    model,
    sae,
    parameters,
    tree.cutoff,
    hybrid,
    evidence,
    verdict,
    definitions,
    firing,
  ]);
}

/** Which feature was held, and how, while the definitions were grown. */
function holdText(hold: HoldSummary): string {
  const warning = holdWarning(hold);
  return `Grown with ${holdWords(hold)}, from the ghost on.${warning === undefined ? '' : ` ${warning}`}`;
}

function titleOf({ model, sae, parameters, held: hold }: FeatureReport): string {
  return `${model.id} · layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights} · ${settingWords(parameters)}${hold ? ` · ${hold.by} ${formatLength(hold.strength)}` : ''}`;
}

function treeLine({ tree, model, parameters }: FeatureReport): string {
  const nodes = `${counted(tree.nodes, 'node')} at cutoff ${formatCutoff(tree.cutoff)}, ghost ${settingWords(parameters)}`;
  // Quantised weights change small probabilities, which matters to anybody who compares trees.
  return isRounded(model.dtype) ? `${nodes}, weights in ${model.dtype}` : nodes;
}
