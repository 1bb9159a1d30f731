import { settingWords } from '../../renderers/text/settingWords.js';
import { activeShare, shownDefinitions } from '../../renderers/text/spoken.js';
import type { FeatureReport, SpokenDefinition } from '../../src/core/index.js';
import { readable } from '../../src/text/readable.js';

/**
 * What the model says at all settings that were tried, a line each, with how active the feature is on it; and, where
 * that does not read back, what it says of what it holds where the feature fires.
 */
export function spokenTexts(
  { definitions, firing, evidence, verdict }: FeatureReport,
  most: number,
): string[] {
  const lines = (said: readonly SpokenDefinition[]) => {
    const shares = said.map((definition) => activeShare(definition, evidence?.maximum).text);
    const width = Math.max(...shares.map(({ length }) => length));
    return said.map(
      (definition, i) =>
        `${shares[i]!.padStart(width)}  ${readable(definition.text)}${definition.ended ? '' : ' …'} · ${settingWords(definition)}`,
    );
  };
  const ofVector =
    definitions.length > 0
      ? ['The model says, by how active the feature is on it:', ...lines(shownDefinitions(definitions, most))]
      : [];
  const atPlaces =
    firing && firing.length > 0 ? ['At its firing places the model says:', ...lines(firing)] : [];
  // What the verdict is about comes first.
  return verdict?.by === 'firing' ? [...atPlaces, ...ofVector] : [...ofVector, ...atPlaces];
}
