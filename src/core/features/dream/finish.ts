import type { Tokenizer } from '../../model/model.js';
import type { DreamtText } from '../../report/dream.js';
import type { Dream, DreamReader } from './reader.js';

/** Most texts of an answer. */
const MOST = 12;
/** What a sentence ends with. */
const SENTENCE_END = /[.!?]["'”’)]*\s*$/u;

/** Some of a front that is too long to be shown: its ends, and what lies evenly between. */
export function thinned(front: readonly Dream[]): Dream[] {
  if (front.length <= MOST) return [...front];
  return Array.from({ length: MOST }, (_, i) => front[Math.round((i * (front.length - 1)) / (MOST - 1))]!);
}

/**
 * Continues a text that ends at its peak with the model's most probable tokens until a sentence ends. What comes after
 * the peak cannot change what came before. The text stays as it is where that does not make it more fluent.
 */
export async function finished(
  reader: DreamReader,
  tokenizer: Tokenizer,
  dream: Dream,
  { longest, accepts }: { longest: number; accepts: (tokens: readonly number[]) => boolean },
): Promise<DreamtText> {
  let best = await finishedText(reader, tokenizer, dream.tokens);
  let tokens = [...dream.tokens];
  let { next } = best;
  while (tokens.length < longest && next !== reader.bos) {
    tokens = [...tokens, next];
    const longer = await finishedText(reader, tokenizer, tokens);
    next = longer.next;
    if (!SENTENCE_END.test(longer.text.text)) continue;
    if (accepts(tokens) && longer.text.crossEntropy <= best.text.crossEntropy) best = longer;
    break;
  }
  return best.text;
}

/** A text with the measures of each token, and the model's most probable next token. */
async function finishedText(
  reader: DreamReader,
  tokenizer: Tokenizer,
  ids: readonly number[],
): Promise<{ text: DreamtText; next: number }> {
  const read = await reader.read(ids);
  reader.forget(read);
  const activations = read.activations.map((activation) => Math.max(0, activation));
  const activation = Math.max(...activations);
  return {
    next: read.following.at(-1)![0]!,
    text: {
      text: ids.map((id) => tokenizer.text(id)).join(''),
      activation,
      peak: activations.indexOf(activation),
      crossEntropy: read.crossEntropy,
      tokens: ids.map((tokenId, i) => ({
        tokenId,
        token: tokenizer.text(tokenId),
        activation: activations[i]!,
        surprisal: read.surprisals[i]!,
      })),
    },
  };
}
