import { strongestDefinitions } from '../../renderers/text/definitions.js';
import type { DefinitionTree } from '../../src/core/index.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { visibleToken } from '../../src/text/visibleToken.js';

/** The strongest definitions of a tree with their probabilities, a line each; without any, the likeliest first tokens. */
export function definitionTexts(tree: DefinitionTree, most: number): string[] {
  const definitions = strongestDefinitions(tree.root, most);
  if (definitions.length === 0) {
    const candidates = tree.candidates.map(
      ({ token, probability }) => `${visibleToken(token)} (${formatProbability(probability)})`,
    );
    return [
      `No definition reaches the cutoff ${formatCutoff(tree.cutoff)}. Most probable first tokens: ${candidates.join(', ')}.`,
    ];
  }
  const probabilities = definitions.map(({ probability }) => formatProbability(probability));
  const width = Math.max(...probabilities.map(({ length }) => length));
  return definitions.map(
    ({ text, ended, generic }, index) =>
      `${probabilities[index]!.padStart(width)}  ${readable(text)}${ended ? '' : ' …'}${generic ? ' (generic)' : ''}`,
  );
}
