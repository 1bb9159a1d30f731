import { InputError } from '../report/errors.js';
import type { PromptTokens, Tokenizer } from './model.js';
import { GHOST } from './ports.js';

const SLOT = '{ghost}';

/** Opening quotes and what closes them. */
const CLOSING_QUOTE = new Map([
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['‘', '’'],
  ['«', '»'],
  ['「', '」'],
]);

/**
 * Tokenises a prompt. The texts before and after the ghost are tokenised separately, since a token that
 * straddled the ghost could not exist.
 *
 * @param text holds `{ghost}` once; when it ends in an opening quote, tokens that hold the closing one end a
 *   definition
 * @param close whether definitions end at all
 * @throws {InputError} when `{ghost}` is missing or repeated
 */
export function tokenizePrompt(text: string, tokenizer: Tokenizer, close: boolean): PromptTokens {
  const parts = text.split(SLOT);
  if (parts.length !== 2) {
    throw new InputError(
      `prompt must contain ${SLOT} exactly once, as in prompt="A typical definition of '${SLOT}' is '"; it has ${parts.length - 1}.`,
    );
  }
  const [before, after] = parts as [string, string];
  const quote = close ? CLOSING_QUOTE.get(text.at(-1) ?? '') : undefined;
  return {
    ids: [tokenizer.bos, ...tokenizer.encode(before), GHOST, ...tokenizer.encode(after)],
    closes: (tokenId) => quote !== undefined && tokenizer.text(tokenId).includes(quote),
  };
}
