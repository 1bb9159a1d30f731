import type { StrongestReport } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCount, formatLength } from '../../src/text/numbers.js';
import { attached, type Reply } from '../line/command.js';
import { inQuotes } from '../line/grammar.js';
import { fileName } from '../parts/fileName.js';
import { markedText } from '../parts/markedText.js';
import { parityTexts } from '../parts/parity.js';
import { activatePicture, unreadTexts, weightTexts } from './parts.js';

/**
 * The most active features of a layer as an answer.
 *
 * @param options of the command line that are not the defaults; follow-up questions repeat them
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function strongestReply(
  report: StrongestReport,
  options: readonly string[],
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { model, sae, strongest, active, texts } = report;
  const words = texts.map(({ text }) => inQuotes(text));
  const name = fileName(`${model.id}-L${sae.layer}-strongest`, [...words, ...options].join(' '));
  const picture = await activatePicture(report, pictures);
  const elsewhere = options.filter((option) => option !== 'bos=on');
  return {
    title: `${model.id} · layer ${sae.layer} · strongest features`,
    text: [
      ...featureLines(report),
      '',
      `${formatCount(active)} of ${counted(sae.features, 'feature')} ${active === 1 ? 'is' : 'are'} active.`,
      ...unreadTexts(texts, model.id),
      ...weightTexts(model.dtype),
      ...parityTexts(sae.parity),
    ].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: [
      ...strongest.map(({ feature }) => ({
        label: `Tree of ${feature}`,
        does: { line: ['feature', sae.layer, feature, ...elsewhere].join(' ') },
      })),
      { label: 'JSON', does: { file: 'json' } },
    ],
  };
}

/** A line for each feature: its number, its largest activation, and the text with that place marked. */
function featureLines({ strongest, texts }: StrongestReport): string[] {
  if (strongest.length === 0) return ['No feature of this layer is active on any token.'];
  const width = Math.max(...strongest.map(({ feature }) => String(feature).length));
  return strongest.map(({ feature, activation, text, position }) => {
    const number = formatLength(activation).padStart(5);
    return `${String(feature).padStart(width)}  ${number}  ${markedText(texts[text]!.tokens, position)}`;
  });
}
