import type { ColumnPicture } from '../../renderers/canvas/column.js';
import { type ActivateReport, isRounded, type ReadText, type StrongestReport } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCount } from '../../src/text/numbers.js';

/** The picture of either answer to `/activate`. @param pictures undefined where none is wanted */
export async function activatePicture(
  report: ActivateReport | StrongestReport,
  pictures: Jobs | undefined,
): Promise<ColumnPicture | undefined> {
  return pictures?.picture(JSON.stringify({ ...report, timing: undefined }), async () => {
    // canvas takes a moment to load, so it is loaded only when a picture is wanted.
    if (report.schema === 'ghosttree/activate@1') {
      const { drawActivate } = await import('../../renderers/activate/index.js');
      return drawActivate(report);
    }
    const { drawStrongest } = await import('../../renderers/activate/strongest.js');
    return drawStrongest(report);
  });
}

/** The title of an answer that names the most active features of layers. */
export function strongestTitle(model: string, layers: readonly number[]): string {
  return `${model} · layer${layers.length > 1 ? 's' : ''} ${layers.join(', ')} · strongest features`;
}

/** Quantised weights change activations, which matters to anybody who compares them. */
export function weightTexts(dtype: string): string[] {
  return isRounded(dtype) ? [`Weights in ${dtype}.`] : [];
}

/** Notes for the reader on texts that were cut off. */
export function unreadTexts(texts: readonly ReadText[], model: string): string[] {
  return texts.flatMap(({ tokens, unread }, index) => {
    if (unread === 0) return [];
    const which = texts.length > 1 ? `Text ${index + 1}` : 'The text';
    return [
      `${which} is longer than ${model} reads: only its first ${formatCount(tokens.length)} of ${counted(tokens.length + unread, 'token')} were looked at.`,
    ];
  });
}
