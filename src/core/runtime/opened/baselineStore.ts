import { join } from 'node:path';
import type { Baseline, BaselineQuestion } from '../../model/model.js';
import { BASELINE, baselineOf, shippedBaseline } from '../../weights/derived/baseline.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import type { ModelSource } from '../../weights/files/source.js';
import { KeptResults } from './kept.js';

/** Baselines in memory. */
const MOST_HELD = 8;

/** What a model says for any ghost, for each prompt. */
export class BaselineStore {
  private readonly results = new KeptResults<Baseline>(MOST_HELD);

  constructor(private readonly source: Pick<ModelSource, 'folder' | 'prepared' | 'dtype'>) {}

  /** @param isDefault whether the prompt is the default one, whose baseline other prompts never push out */
  async get(
    question: BaselineQuestion,
    measure: () => Promise<Baseline>,
    isDefault = false,
  ): Promise<Baseline> {
    const { folder, prepared } = this.source;
    const derivation = await baselineOf(this.source, question, false);
    const lasting = await baselineOf(this.source, question, true);
    const ofPrompt = await DerivedFile.in(prepared, derivation);
    const ofDefault = await DerivedFile.in(prepared, lasting);
    const shipped = await DerivedFile.shipped(join(folder, shippedBaseline(question)), lasting);
    const places = async () => ({
      files: [ofDefault, ofPrompt, shipped],
      keepIn: isDefault ? ofDefault : ofPrompt,
      format: BASELINE,
    });
    const { value, file } = await this.results.get(ofPrompt.path, places, measure);
    // The prompt was asked before it became the default.
    if (isDefault && file?.path === ofPrompt.path) await ofDefault.keep(await BASELINE.write(value));
    return value;
  }
}
