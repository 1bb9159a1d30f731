import { heldSentence } from '../../renderers/text/holdWords.js';
import { settingWords, unitWords } from '../../renderers/text/settingWords.js';
import { type FeatureReport, isRounded } from '../../src/core/index.js';
import { counted, formatCutoff, formatLength } from '../../src/text/numbers.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { hybridText } from '../parts/hybrid.js';
import { kindText } from '../parts/kind.js';
import { parityTexts } from '../parts/parity.js';
import { prunedText } from '../parts/pruned.js';

/** Tokens of the list whose ids are told. */
const TOKENS = 10;

/**
 * How an answer was made, a line each: parameters, ghost, tree, kind, SAE, tokens.
 *
 * @param notes of its picture
 * @param line asks it again
 */
export function detailLines(report: FeatureReport, notes: readonly string[], line: string): string[] {
  const { model, sae, parameters, ghost, held, tree, tokens, promptTokens } = report;
  const chosen = ghost.chosen === undefined ? '' : CHOSEN[ghost.chosen];
  const values = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : visibleText(value)}`,
  );
  const precision = isRounded(model.dtype) ? `weights rounded to ${model.dtype}` : `weights ${model.dtype}`;
  return [
    `Parameters: ${values.join(' ')}`,
    `Ghost: ${settingWords(parameters)}${chosen}; ${unitWords(parameters, ghost)}, length ${formatLength(ghost.norm)}, ${formatLength(ghost.distance)} from the mean`,
    ...(held ? [heldSentence(held)] : []),
    `Tree: ${counted(tree.nodes, 'node')} at cutoff ${formatCutoff(tree.cutoff)}`,
    ...prunedText(report),
    ...hybridText(report),
    ...notes,
    kindText(report),
    ...parityTexts(sae.parity),
    `SAE ${sae.release} at ${sae.hook}, ${precision}`,
    ...(promptTokens
      ? [`Token ids of the prompt (BOS ${promptTokens[0]}, ghost -1): ${promptTokens.join(' ')}`]
      : []),
    `Token ids of the list: ${tokens
      .slice(0, TOKENS)
      .map(({ token, tokenId }) => `${visibleToken(token)} ${tokenId}`)
      .join(', ')}`,
    `Repeat: ${line}`,
  ];
}

const CHOSEN = {
  readBack: ', chosen as what is said there reads back most',
  fallback: ', as nothing that is said anywhere activates the feature',
} as const;

function visibleText(value: string | number): string {
  return typeof value === 'string' && /\s/.test(value) ? JSON.stringify(value) : String(value);
}
