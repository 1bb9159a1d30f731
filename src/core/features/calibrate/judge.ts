import type { RunningModel } from '../../model/model.js';
import { sequenceRows } from '../ghost/sequence.js';

/** What comes before a word that a text may be the definition of. */
const asked = (said: string) => `"${said}" is the definition of the word`;

/** Most rows of one batch, whose distributions are held at once. */
const ROWS = 512;

/**
 * How probable words are, to the model itself, after a text as their definition: the mean log-probability of the first
 * tokens of each list of words.
 *
 * @param onText awaited after every batch with the share that is done; throwing stops the work
 * @returns [texts][lists]
 */
export async function wordScores(
  { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
  texts: readonly string[],
  lists: readonly (readonly string[])[],
  onText: (share: number) => Promise<void>,
): Promise<number[][]> {
  const first = lists.map((words) => words.map((word) => tokenizer.encode(` ${word}`)[0]!));
  const scores: number[][] = [];
  while (scores.length < texts.length) {
    const rows: ReturnType<typeof sequenceRows> = [];
    const selected: number[] = [];
    for (const text of texts.slice(scores.length)) {
      const ids = [tokenizer.bos, ...tokenizer.encode(asked(text))];
      if (rows.length > 0 && rows.length + ids.length > ROWS) break;
      rows.push(...sequenceRows(ids, rows.length));
      selected.push(rows.length - 1);
    }
    const batch = { rows, ghosts: [], shared: [], selected, top: 1 };
    const result = await language.forward(batch, language.createStore());
    const distributions = await result.distributions();
    for (let i = 0; i < selected.length; i++) {
      const start = i * language.vocabularySize;
      scores.push(
        first.map((tokens) => {
          const sum = tokens.reduce(
            (part, token) => part + Math.log(distributions[start + token]! + 1e-12),
            0,
          );
          return sum / Math.max(1, tokens.length);
        }),
      );
    }
    await onText(scores.length / texts.length);
  }
  return scores;
}

/**
 * For each feature, the share of the others whose words are less probable than its own after what is said of it, each
 * list counted from its mean over all that is said: 0.5 is chance.
 *
 * @param scores [features][lists of words of the same features]
 */
export function shareBeaten(scores: readonly (readonly number[])[]): number[] {
  const count = scores.length;
  const means = scores.map((_, list) => scores.reduce((sum, row) => sum + row[list]!, 0) / count);
  return scores.map((row, i) => {
    const right = row[i]! - means[i]!;
    let beaten = 0;
    row.forEach((score, list) => {
      if (list === i) return;
      const other = score - means[list]!;
      beaten += right > other ? 1 : right === other ? 0.5 : 0;
    });
    return beaten / Math.max(1, count - 1);
  });
}
