import type { FeatureReport, TokenContext } from '../../src/core/index.js';
import { counted } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { visibleToken } from '../../src/text/visibleToken.js';

/** Characters of a context before its token, so that a line of a chat's table fits a telephone. */
const BEFORE = 32;

/** What the list with contexts was made from; nothing for a list by nearness. */
export function hybridText({ hybrid }: FeatureReport): string[] {
  if (!hybrid) return [];
  const { candidates, carriers, texts, complete } = hybrid;
  const work = `${counted(candidates, 'token')} tried in ${counted(carriers, 'carrier')}, ${counted(texts, 'text')} of the model's own`;
  return [`list=hybrid: ${work}${complete ? '' : '; time ended it before the last carrier'}`];
}

/** The end of a context, its token in brackets and a star where the token was put there: `… a person who [·seeks]`. */
export function markedContext({ before, written }: TokenContext, token: string): string {
  const characters = [...readable(before)];
  const end = characters.slice(-BEFORE).join('');
  return `${characters.length > BEFORE ? '…' : ''}${end}[${visibleToken(token)}]${written ? '' : '*'}`;
}
