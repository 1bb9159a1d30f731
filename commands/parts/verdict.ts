import { settingWords } from '../../renderers/text/settingWords.js';
import type { FeatureReport, SpokenDefinition } from '../../src/core/index.js';
import { formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';

/** What the model says at all settings that were tried, a line each, with how active the feature is on it. */
export function spokenTexts({ definitions, evidence }: FeatureReport, most: number): string[] {
  const rows = definitions.slice(0, most).map((definition) => ({
    share: shareOf(definition, evidence?.maximum),
    text: `${readable(definition.text)}${definition.ended ? '' : ' …'} · ${settingWords(definition)}`,
  }));
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(({ share }) => share.length));
  return [
    'The model says, by how active the feature is on it:',
    ...rows.map(({ share, text }) => `${share.padStart(width)}  ${text}`),
  ];
}

/** The activation as a share of the maximum, where that is known. */
function shareOf({ activation, readBack }: SpokenDefinition, maximum: number | undefined): string {
  const share = readBack ?? (maximum ? activation / maximum : undefined);
  if (share === undefined) return activation > 0 ? 'active' : 'silent';
  return share > 0 ? formatProbability(Math.min(1, share)) : 'silent';
}
