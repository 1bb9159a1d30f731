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
  /** Fewer texts than all are not remembered: a question that allows more time may write more. */
  private readonly results = new KeptResults<number[][]>(1, ({ length }) => length === OWN_TEXTS.count);

  /** @param files absolute paths of the model's weights */
  constructor(
    private readonly source: Pick<ModelSource, 'folder' | 'prepared'>,
    private readonly files: readonly string[],
  ) {}

  /**
   * @param milliseconds the longest time that writing may take; beyond it there are fewer texts
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
      const preparedFile = await DerivedFile.in(prepared, derivation);
      return {
        files: [shipped, preparedFile],
        keepIn: preparedFile,
        format: textsFormat(milliseconds),
      };
    };
    return this.results.get('', places, () =>
      ownTexts(language, tokenizer, OWN_TEXTS, deadline(milliseconds), onShare),
    );
  }
}

/** Returns a check whether so many milliseconds have passed since this call. */
export function deadline(milliseconds: number): () => boolean {
  const started = performance.now();
  return () => performance.now() - started > milliseconds;
}
