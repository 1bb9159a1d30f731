import { collectFirings } from '../../features/activation/firings.js';
import type { FeatureLimits, Firings, RunningModel } from '../../model/model.js';
import { keptFirings } from '../../weights/derived/firings.js';
import type { ModelSource } from '../../weights/files/source.js';
import type { OpenSae } from './openSae.js';
import { deadline, type OwnTextStore } from './ownTextStore.js';

/** Share of the preparation that writing the texts takes, about. */
const WRITING = 0.6;

/** Where the features of a model's SAEs fire in the model's own texts: from memory, from files, or found out now. */
export class FiringStore {
  private readonly held = new Map<string, Firings>();

  /** @param files the model's */
  constructor(
    private readonly source: Pick<ModelSource, 'prepared' | 'dtype'>,
    private readonly files: readonly string[],
    private readonly texts: OwnTextStore,
  ) {}

  /**
   * @param onShare awaited after every batch with the share that is done; throwing stops the work, and nothing is kept
   */
  async get(
    model: Pick<RunningModel, 'language' | 'tokenizer'>,
    sae: OpenSae,
    { listMilliseconds }: Pick<FeatureLimits, 'listMilliseconds'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Firings> {
    const held = this.held.get(sae.hook);
    if (held) return held;
    const { prepared, dtype } = this.source;
    const texts = await this.texts.get(model, listMilliseconds, (share) => onShare(WRITING * share));
    const files = [...this.files, ...sae.files];
    const firings = await keptFirings(
      { hook: sae.hook, dtype, prepared, files },
      texts,
      listMilliseconds,
      () =>
        collectFirings(model, sae, texts.texts, deadline(listMilliseconds), (share) =>
          onShare(WRITING + (1 - WRITING) * share),
        ),
    );
    this.held.set(sae.hook, firings);
    return firings;
  }
}
