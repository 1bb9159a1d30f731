/** The picture of how active a feature is on texts. */
import type {
  ActivatedText,
  ActivateReport,
  KnownActivity,
  ReadText,
} from '../../src/core/report/activate.js';
import { counted, formatLength, formatProbability } from '../../src/text/numbers.js';
import { COLUMN, type ColumnPicture } from '../canvas/column.js';
import { shadedText } from '../sheet/shadedText.js';
import { legendPanel } from './legend.js';
import { drawPanels, NUMBER_WIDTH, penOf, quoted, textPanel, titlePanel } from './panels.js';

/** Lines of one text: those of a context of 1024 tokens. */
const MOST_LINES = 100;
/** Lines of all texts of a picture together, so that one picture is enough. */
const ALL_LINES = 130;

/** @throws {Error} when canvas or the shipped fonts cannot be loaded */
export async function drawActivate(report: ActivateReport): Promise<ColumnPicture> {
  const { model, sae, texts, max, known: activity } = report;
  const pen = await penOf(report.parameters);
  // Where it is known, what the feature reaches in a corpus: pictures of two texts can then be compared.
  const full = Math.max(max, activity?.maximum ?? 0);
  const most = Math.max(2, Math.min(MOST_LINES, Math.floor(ALL_LINES / texts.length)));
  const panels = texts.map((text) => {
    const room = { left: texts.length > 1 ? NUMBER_WIDTH : 0, label: peakLabel(text) };
    const { tokens, activations, peak } = text;
    const shown = {
      tokens: tokens.map(({ token }) => token),
      activations,
      peak: peak?.position ?? null,
      ...restOf(text),
    };
    return textPanel((options) => shadedText(shown, options), room, full, most, pen);
  });
  return drawPanels(
    pen,
    [
      titlePanel(
        `layer ${sae.layer} · feature ${sae.feature}`,
        { ...report, details: [sae.hook, sae.release, model.dtype] },
        pen,
      ),
      legendPanel(
        max > 0 ? full : 0,
        activity && known(activity, full),
        pen,
        COLUMN.width,
        activity?.maximum === full
          ? `${formatLength(full)}, its max activation (${formatProbability(max / full)} of it here)`
          : undefined,
        max,
      ),
      ...panels,
    ],
    activateAltText(report),
  );
}

/** What the scale does not tell already. */
function known({ maximum, ...activity }: KnownActivity, full: number): KnownActivity {
  return maximum === undefined || maximum === full ? activity : { ...activity, maximum };
}

function peakLabel({ peak }: ActivatedText): string {
  return peak ? formatLength(peak.activation) : '0';
}

function restOf({ unread }: ReadText): { rest?: string } {
  return unread > 0 ? { rest: `… ${counted(unread, 'more token was', 'more tokens were')} not read` } : {};
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function activateAltText({ model, sae, texts }: ActivateReport): string {
  const parts = texts.map(({ peak, tokens, text }) => {
    const where = peak
      ? `${formatLength(peak.activation)} at “${quoted(tokens[peak.position]!.token)}”`
      : 'silent';
    return `${where} in “${quoted(text)}”`;
  });
  return `Activation of ${model.id}, layer ${sae.layer}, feature ${sae.feature}, on each token: ${parts.join('; ')}.`;
}
