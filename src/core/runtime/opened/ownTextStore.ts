import { join } from 'node:path';
import { OWN_TEXTS, ownTexts } from '../../features/activation/ownTexts.js';
import type { RunningModel } from '../../model/model.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import type { Result } from '../../weights/derived/result.js';
import { SHIPPED_TEXTS, textsFormat, textsOf } from '../../weights/derived/texts.js';
import type { ModelSource } from '../../weights/files/source.js';
import { KeptResults } from './kept.js';

/** Texts that a model wrote itself, which serve all its SAEs. */
export class OwnTextStore {
  /** Fewer than all texts serve for as long as nobody gives more time. */
  private readonly results = new KeptResults<number[][]>(1, ({ length }) => length === OWN_TEXTS.count);

  /** @param files the model's */
  constructor(
    private readonly source: Pick<ModelSource, 'folder' | 'prepared'>,
    private readonly files: readonly string[],
  ) {}

  /**
   * @param milliseconds the longest time that writing may take; fewer texts serve then
   * @param onShare awaited after every batch with the share that is done; throwing stops the work, and nothing is kept
   */
  async get(
    { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
    milliseconds: number,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Result<number[][]>> {
    const places = async () => {
      const { folder, prepared } = this.source;
      const derivation = textsOf(this.files);
      const shipped = await DerivedFile.shipped(join(folder, SHIPPED_TEXTS), derivation);
      const own = await DerivedFile.in(prepared, derivation);
      return {
        files: [shipped, own],
        keepIn: own,
        format: textsFormat(milliseconds),
      };
    };
    return this.results.get('', places, () =>
      ownTexts(language, tokenizer, OWN_TEXTS, deadline(milliseconds), onShare),
    );
  }
}

/** Whether so many milliseconds have passed since it was made. */
export function deadline(milliseconds: number): () => boolean {
  const started = performance.now();
  return () => performance.now() - started > milliseconds;
}
