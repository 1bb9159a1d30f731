import type { KeyValues, Row } from '../../model/ports.js';

/** A text while it is written. */
export interface Writing {
  /** Token ids so far, at least one, without those that all texts share. */
  readonly tokens: number[];
  /** Slots of its tokens but the last. */
  readonly slots: number[];
}

/**
 * Writes texts in step: the last token of each goes through the model in one batch, until all have ended. A text that
 * has ended gives its places in the store back.
 *
 * @param shared slots of what stands before every text
 * @param read runs a batch, of which the next token of every row is wanted
 * @param goOn adds to a text what its row says; false where the text has ended
 * @param onStep awaited after every batch with the number of batches; false ends all texts where they are
 */
export async function writeTexts<Text extends Writing, Result extends { keep(row: number): number }>(
  texts: readonly Text[],
  shared: readonly number[],
  store: KeyValues,
  read: (batch: { rows: Row[]; shared: readonly number[]; selected: number[] }) => Promise<Result>,
  goOn: (text: Text, result: Result, row: number) => boolean,
  onStep: (steps: number) => Promise<boolean> = async () => true,
): Promise<void> {
  let growing = texts;
  for (let steps = 1; growing.length > 0; steps++) {
    const rows = growing.map(({ tokens, slots }) => ({
      token: tokens.at(-1)!,
      position: shared.length + slots.length,
      ancestors: [...slots],
      peers: [],
    }));
    const result = await read({ rows, shared, selected: rows.map((_, row) => row) });
    growing = growing.filter((text, row) => {
      if (goOn(text, result, row)) {
        text.slots.push(result.keep(row));
        return true;
      }
      for (const slot of text.slots) store.release(slot);
      return false;
    });
    if (!(await onStep(steps))) return;
  }
}
