import { OWN_TEXTS, ownTexts } from '../../features/activation/ownTexts.js';
import type { RunningModel } from '../../model/model.js';
import { type KeptTexts, keptTexts } from '../../weights/derived/texts.js';
import type { ModelSource } from '../../weights/files/source.js';

/** Texts that a model wrote itself, which serve all its SAEs: from memory, from files, or written now. */
export class OwnTextStore {
  private held: KeptTexts | undefined;

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
  ): Promise<KeptTexts> {
    if (this.held) return this.held;
    const { folder, prepared } = this.source;
    const { files } = this;
    const kept = await keptTexts({ folder, prepared, files }, milliseconds, () =>
      ownTexts(language, tokenizer, OWN_TEXTS, deadline(milliseconds), onShare),
    );
    // Fewer serve for as long as nobody gives more time.
    if (kept.texts.length === OWN_TEXTS.count) this.held = kept;
    return kept;
  }
}

/** Whether so many milliseconds have passed since it was made. */
export function deadline(milliseconds: number): () => boolean {
  const started = performance.now();
  return () => performance.now() - started > milliseconds;
}
