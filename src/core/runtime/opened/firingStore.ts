import { collectFirings, firingsBytes } from '../../features/activation/firings.js';
import type { FeatureLimits, Firings, RunningModel } from '../../model/model.js';
import { keptFirings } from '../../weights/derived/firings.js';
import type { ModelSource } from '../../weights/files/source.js';
import type { MemoryShelf, Need, Shelved } from './memoryShelf.js';
import type { OpenSae } from './openSae.js';
import { deadline, type OwnTextStore } from './ownTextStore.js';

/** Share of the preparation that writing the texts takes, about. */
const WRITING = 0.6;

interface ShelvedFirings extends Shelved {
  firings: Firings;
}

/** Where the features of a model's SAEs fire in the model's own texts: from memory, from files, or found out now. */
export class FiringStore {
  private readonly needs = new Map<string, Need<ShelvedFirings>>();

  /** @param files the model's */
  constructor(
    private readonly source: Pick<ModelSource, 'prepared' | 'dtype'>,
    private readonly files: readonly string[],
    private readonly texts: OwnTextStore,
    private readonly memory: MemoryShelf,
  ) {}

  /**
   * @param onShare awaited after every batch with the share that is done; throwing stops the work, and nothing is kept
   */
  async get(
    model: Pick<RunningModel, 'language' | 'tokenizer'>,
    sae: OpenSae,
    limits: Pick<FeatureLimits, 'listMilliseconds'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Firings> {
    const before = this.needs.get(sae.hook);
    const isOpen = before && this.memory.open.includes(before);
    // Who opens it waits with this limit and is told how far it is.
    const open = async () => ({
      firings: await this.read(model, sae, limits, onShare),
      close: async () => {},
    });
    const need = isOpen ? before : { bytes: firingsBytes(sae.features), open };
    this.needs.set(sae.hook, need);
    return this.memory.use(need, async ({ firings }) => firings);
  }

  /** Lets go of what is in memory. */
  async close(): Promise<void> {
    for (const need of this.needs.values()) await this.memory.drop(need);
  }

  private async read(
    model: Pick<RunningModel, 'language' | 'tokenizer'>,
    sae: OpenSae,
    { listMilliseconds }: Pick<FeatureLimits, 'listMilliseconds'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Firings> {
    const { prepared, dtype } = this.source;
    const texts = await this.texts.get(model, listMilliseconds, (share) => onShare(WRITING * share));
    const files = [...this.files, ...sae.files];
    return keptFirings({ hook: sae.hook, dtype, prepared, files }, texts, listMilliseconds, () =>
      collectFirings(model, sae, texts.texts, deadline(listMilliseconds), (share) =>
        onShare(WRITING + (1 - WRITING) * share),
      ),
    );
  }
}
