import { settingWords } from '../../renderers/text/settingWords.js';
import type { FeatureReport, SpokenDefinition } from '../../src/core/index.js';
import { formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';

/**
 * What the model says at all settings that were tried, a line each, with how active the feature is on it; and, where
 * that does not read back, what it says of what it holds where the feature fires.
 */
export function spokenTexts({ definitions, firing, evidence }: FeatureReport, most: number): string[] {
  const lines = (said: readonly SpokenDefinition[]) => {
    const shares = said.map((definition) => shareOf(definition, evidence?.maximum));
    const width = Math.max(...shares.map(({ length }) => length));
    return said.map(
      (definition, i) =>
        `${shares[i]!.padStart(width)}  ${readable(definition.text)}${definition.ended ? '' : ' …'} · ${settingWords(definition)}`,
    );
  };
  return [
    ...(definitions.length > 0
      ? ['The model says, by how active the feature is on it:', ...lines(shownOf(definitions, most))]
      : []),
    ...(firing && firing.length > 0 ? ['At its firing places the model says:', ...lines(firing)] : []),
  ];
}

/** Most definitions that are shown of those on which the feature is silent: they are guesses. */
const MOST_SILENT = 2;

function shownOf(definitions: readonly SpokenDefinition[], most: number): SpokenDefinition[] {
  const active = definitions.filter(({ activation }) => activation > 0);
  const silent = definitions.filter(({ activation }) => activation <= 0);
  return [...active, ...silent.slice(0, MOST_SILENT)].slice(0, most);
}

/** The activation as a share of the maximum, where that is known. */
function shareOf({ activation, readBack }: SpokenDefinition, maximum: number | undefined): string {
  const share = readBack ?? (maximum ? activation / maximum : undefined);
  if (share === undefined) return activation > 0 ? 'active' : 'silent';
  return share > 0 ? formatProbability(Math.min(1, share)) : 'silent';
}
