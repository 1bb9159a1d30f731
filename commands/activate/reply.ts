import { knownWords } from '../../renderers/activate/legend.js';
import type { ActivatedText, ActivateReport, FeatureEvidence } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { formatLength } from '../../src/text/numbers.js';
import { attached, type Reply } from '../line/command.js';
import { inQuotes } from '../line/grammar.js';
import { fileName } from '../parts/fileName.js';
import { markedText, shownToken } from '../parts/markedText.js';
import { parityTexts } from '../parts/parity.js';
import { activatePicture, unreadTexts, weightTexts } from './parts.js';
import { textWords } from './texts.js';

/**
 * How active a feature is on texts, as an answer.
 *
 * @param evidence published facts about the feature
 * @param options of the command line that are not the defaults; follow-up questions repeat them
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function activateReply(
  answer: ActivateReport,
  evidence: FeatureEvidence | undefined,
  options: readonly string[],
  pictures: Jobs | undefined,
): Promise<Reply> {
  const report = withPublished(answer, evidence);
  const { model, sae, texts, max, known: activity } = report;
  const quotedTexts = texts.map(({ text }) => inQuotes(text));
  const base = `${model.id}-L${sae.layer}-F${sae.feature}-activate`;
  const name = fileName(base, [...quotedTexts, ...options].join(' '));
  const picture = await activatePicture(report, pictures);
  const strongest = texts.find(({ peak }) => peak && peak.activation === max);
  const at = strongest?.peak ? ` at ${shownToken(strongest.tokens[strongest.peak.position]!.token)}` : '';
  const words = textWords(texts.map(({ text }) => text));
  const bos = report.parameters.bos
    ? options.filter((option) => option !== 'bos=on')
    : [...options, 'bos=on'];
  const again = (address: (string | number)[], with_ = options) => ({
    line: ['activate', ...address, ...words, ...with_].join(' '),
  });
  const elsewhere = options.filter((option) => option !== 'bos=on');
  return {
    title: `${model.id} · layer ${sae.layer} · feature ${sae.feature} · ${max > 0 ? `activation ${formatLength(max)}${at}` : 'silent'}`,
    text: [
      ...textLines(texts),
      '',
      ...knownWords(max, activity).map((line) => line.charAt(0).toUpperCase() + line.slice(1)),
      ...unreadTexts(texts, model.id),
      ...weightTexts(model.dtype),
      ...parityTexts(sae.parity),
    ].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: [
      { label: 'Tree', does: { line: ['feature', sae.layer, sae.feature, ...elsewhere].join(' ') } },
      { label: 'Strongest features', does: again([sae.layer]) },
      {
        label: report.parameters.bos ? 'Without BOS' : 'With BOS',
        does: again([sae.layer, sae.feature], bos),
      },
      { label: 'JSON', does: { file: 'json' } },
    ],
  };
}

function withPublished(report: ActivateReport, evidence: FeatureEvidence | undefined): ActivateReport {
  if (!evidence) return report;
  const { source, density, maximum, stability } = evidence;
  return {
    ...report,
    known: {
      source,
      ...(density !== undefined && { density }),
      ...(maximum !== undefined && { maximum }),
      ...(stability && { stability }),
    },
  };
}

/** A line for each text: its largest activation, and the text with that place marked. */
function textLines(texts: readonly ActivatedText[]): string[] {
  const numbers = texts.map(({ peak }) => (peak ? formatLength(peak.activation) : '0'));
  const width = Math.max(...numbers.map(({ length }) => length));
  return texts.map(({ tokens, peak }, index) => {
    const shown = markedText(tokens, peak?.position);
    return `${numbers[index]!.padStart(width)}  ${shown}`;
  });
}
