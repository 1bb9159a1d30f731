import type { Picture, TreePicture } from '../../renderers/index.js';
import { headWords } from '../../renderers/text/headWords.js';
import { heldSentence } from '../../renderers/text/holdWords.js';
import { settingWords } from '../../renderers/text/settingWords.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { FeatureReport, FeatureRequest } from '../../src/core/index.js';
import { verdictOf } from '../../src/core/judging.js';
import type { Jobs } from '../../src/jobs/index.js';
import { formatLength } from '../../src/text/numbers.js';
import { attached, type Reply, type ReplyLink } from '../line/command.js';
import { featureLine } from '../line/featureLine.js';
import { definitionTexts } from '../parts/definitions.js';
import { allExamples, evidenceTexts } from '../parts/evidence.js';
import { fileName } from '../parts/fileName.js';
import { lensLine } from '../parts/lensWords.js';
import { nearLine } from '../parts/nearWords.js';
import { parityWarnings } from '../parts/parity.js';
import { listInALine, tokenTable } from '../parts/tokenTable.js';
import { spokenTexts } from '../parts/verdict.js';
import { featureActions, tuningActions } from './actions.js';
import { detailLines } from './details.js';
import { featureLines, type Told } from './lines.js';

/** Definitions where there is room. */
const DEFINITIONS = 12;
/** Words that are promoted, and features that are near, where there is room. */
const WORDS = 10;
const NEAR = 6;

/**
 * A report as an answer: what everybody sees first, the picture, the list, and the report itself.
 *
 * @param answered with what is known of where the feature fires, and the labels of those near it
 * @param pictures caches pictures; undefined where none is wanted
 * @param typed writes a command line as it is typed where the answer is read
 */
export async function featureReply(
  answered: FeatureReport,
  place: CatalogueModel,
  question: FeatureRequest,
  settings: Settings,
  pictures: Jobs | undefined,
  typed: (line: string) => string = (line) => line,
): Promise<Reply> {
  const report = { ...answered, verdict: verdictOf(answered, answered.evidence) };
  const { model, sae, parameters } = report;
  const neuronpedia = place.neuronpedia[sae.layer];
  const line = featureLine(question, place, settings);
  const name = fileName(`${model.id}-L${sae.layer}-F${sae.feature}-${parameters.weights}`, line, ['weights']);
  const card = pictures && (await drawnCard(report, pictures));
  const tree = pictures && (await drawnTree(report, settings, pictures));
  const texts = allExamples(report.evidence);
  const listed = listInALine(report, settings.defaults);
  return {
    title: titleOf(report, question),
    text: featureLines(report).join('\n'),
    long: longLines(report, listed).join('\n'),
    asides: {
      details: {
        text: [
          ...detailLines(report, tree?.notes ?? [], typed(line)),
          ...(listed === undefined ? [] : [listed]),
        ].join('\n'),
        actions: tuningActions(report, tree?.trim ?? parameters.trim, question, place, settings),
      },
      texts: { text: texts.join('\n') },
    },
    ...attached(name, card, report, { tree }),
    ...(listed === undefined ? tokenTable(report) : { tokens: [] }),
    ...(neuronpedia && { link: neuronpediaLink(neuronpedia, sae.feature) }),
    actions: featureActions(report, question, place, settings),
  };
}

/** What a terminal has room for. */
function longLines(report: FeatureReport & Pick<Told, 'verdict'>, listed: string | undefined): string[] {
  const { evidence, held, tree, sae } = report;
  const more = [
    ...lensLine(report, WORDS),
    ...nearLine(report.near, NEAR),
    ...(listed === undefined ? [] : [listed]),
    ...parityWarnings(sae.parity),
  ];
  return [
    ...headWords(report),
    '',
    ...evidenceTexts(evidence),
    // What is said of a held feature is said by the tree alone.
    ...(held
      ? [heldSentence(held), ...definitionTexts(tree, DEFINITIONS)]
      : spokenTexts(report, DEFINITIONS)),
    ...(more.length > 0 ? ['', ...more] : []),
  ];
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

/** Place and scale are named where somebody asked for them. */
function titleOf(
  { model, sae, parameters, held: hold }: FeatureReport,
  { parameters: asked }: FeatureRequest,
): string {
  const given = asked.at !== 'best' || asked.scale !== 'best';
  return [
    model.id,
    `layer ${sae.layer}`,
    `feature ${sae.feature}`,
    parameters.weights,
    ...(given ? [settingWords(parameters)] : []),
    ...(hold ? [`${hold.by} ${formatLength(hold.strength)}`] : []),
  ].join(' · ');
}
