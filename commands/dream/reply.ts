import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { DreamReport, DreamtText } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { attached, type Reply } from '../line/command.js';
import { featureLine, questionLine } from '../line/featureLine.js';
import { fileName } from '../parts/fileName.js';
import { parityTexts } from '../parts/parity.js';

/** Characters of a text in the list, so that all of them fit a message of Discord. */
const LONGEST = 90;

/**
 * A search for dreamt texts as an answer.
 *
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function dreamReply(
  report: DreamReport,
  model: CatalogueModel,
  settings: Settings,
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { sae, parameters } = report;
  const picture = report.front.length > 0 ? await draw(report, pictures) : undefined;
  const address = { layer: sae.layer, feature: sae.feature };
  const base = `${report.model.id}-L${sae.layer}-F${sae.feature}-dream-${parameters.seed}`;
  const name = fileName(base, questionLine('dream', { ...address, parameters }, model, settings), ['seed']);
  const again = { ...address, parameters: { ...parameters, seed: parameters.seed + 1 } };
  const { weights, prompt, theme } = parameters;
  return {
    title: titleOf(report),
    text: [...frontLines(report), '', ...searchLines(report), ...parityTexts(sae.parity)].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: [
      { label: 'Again with another seed', does: { line: questionLine('dream', again, model, settings) } },
      {
        label: 'Tree',
        does: { line: featureLine({ ...address, parameters: { weights, prompt, theme } }, model, settings) },
      },
      { label: 'JSON', does: { file: 'json' } },
    ],
  };
}

function draw(report: DreamReport, pictures: Jobs | undefined) {
  const { model, sae, parameters, search } = report;
  return pictures?.picture(JSON.stringify(['dream', model, sae, parameters, search]), async () => {
    // canvas takes a moment to load, so it is loaded only when a picture is wanted.
    const { drawDream } = await import('../../renderers/dream/index.js');
    return drawDream(report);
  });
}

function titleOf({ model, sae, front, chosen }: DreamReport): string {
  const strongest = chosen.strongest === null ? undefined : front[chosen.strongest];
  const strongestText = strongest
    ? `active up to ${formatLength(strongest.activation)}`
    : 'no text activates it';
  return `${model.id} · layer ${sae.layer} · feature ${sae.feature} · dreamt text · ${strongestText}`;
}

/** The two chosen texts in full, then all texts in a list, most active first. */
function frontLines(report: DreamReport): string[] {
  const { front, chosen, known: maximum } = report;
  if (front.length === 0)
    return ['No text that was tried activates this feature: try another seed or a larger budget.'];
  const numbers = ({ activation, crossEntropy }: DreamtText) => {
    const relative = maximum
      ? ` = ${formatLength(activation / maximum)} × the largest activation in the corpus`
      : '';
    return `active ${formatLength(activation)}${relative}, ${formatLength(crossEntropy)} nats a token`;
  };
  const shown = (label: string, index: number | null) =>
    index === null ? [] : [`${label} (${numbers(front[index]!)}):`, `  ${marked(front[index]!)}`];
  const rows = front.toReversed().map((text) => ({
    activation: text.activation.toFixed(1),
    nats: text.crossEntropy.toFixed(2),
    text: shorten(readable(text.text), LONGEST),
  }));
  const width = Math.max(...rows.map(({ activation }) => activation.length));
  return [
    ...shown('Fluent and most active', chosen.fluent),
    ...(chosen.fluent === chosen.strongest ? [] : shown('Most active of all', chosen.strongest)),
    '',
    'No text is both more active and more fluent than one of these (activation, nats a token):',
    ...rows.map(
      ({ activation, nats, text }) => `${activation.padStart(width)}  ${nats.padStart(5)}  ${text}`,
    ),
  ];
}

/** The text with its most active token between marks. */
function marked({ tokens, peak }: DreamtText): string {
  const part = (first: number, last?: number) =>
    tokens
      .slice(first, last)
      .map(({ token }) => token)
      .join('');
  const token = part(peak, peak + 1);
  const word = token.trimStart();
  const space = token.slice(0, token.length - word.length);
  return `${readable(part(0, peak) + space)}«${readable(word)}»${readable(part(peak + 1))}`;
}

function searchLines({ fluency, search, parameters }: DreamReport): string[] {
  const ended = {
    budget: '',
    time: ' Ended by the time limit before its budget: on a faster machine it finds other texts.',
    cancelled: ' Cancelled: this is what was found until then.',
  }[search.ended];
  return [
    `Fluent: at most ${formatLength(fluency.limit)} nats a token, as 95 % of ${counted(fluency.samples, 'text')} that the model wrote by itself.`,
    `Read ${counted(search.tokens, 'token')}, seed ${parameters.seed}.${ended}`,
  ];
}
