import { collectFirings, firingsBytes } from '../../features/activation/firings.js';
import type { FeatureLimits, Firings, RunningModel } from '../../model/model.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import { firingsFormat, firingsOf } from '../../weights/derived/firings.js';
import { type Places, type Result, readOrFindOut } from '../../weights/derived/result.js';
import type { ModelSource } from '../../weights/files/source.js';
import type { MemoryShelf, Need, Shelved } from './memoryShelf.js';
import type { OpenSae } from './openSae.js';
import { deadline, type OwnTextStore } from './ownTextStore.js';

/** Approximate share of the preparation that writing the texts takes. */
const WRITING = 0.6;

interface ShelvedFirings extends Shelved {
  firings: Firings;
}

/** Where the features of a model's SAEs fire in the model's own texts: from memory, from files, or collected now. */
export class FiringStore {
  private readonly needs = new Map<string, Need<ShelvedFirings>>();

  /** @param files absolute paths of the model's weights */
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
    const earlier = this.needs.get(sae.hook);
    const isOpen = earlier && this.memory.open.includes(earlier);
    // The question that opens them sets the time limit and gets the progress.
    const open = async () => ({
      firings: await this.read(model, sae, limits, onShare),
      close: async () => {},
    });
    const need = isOpen ? earlier : { bytes: firingsBytes(sae.features), open };
    this.needs.set(sae.hook, need);
    return this.memory.use(need, async ({ firings }) => firings);
  }

  /** Frees the memory. */
  async close(): Promise<void> {
    for (const need of this.needs.values()) await this.memory.drop(need);
  }

  private async read(
    model: Pick<RunningModel, 'language' | 'tokenizer'>,
    sae: OpenSae,
    { listMilliseconds }: Pick<FeatureLimits, 'listMilliseconds'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Firings> {
    let texts: Promise<Result<number[][]>> | undefined;
    const write = () => {
      texts ??= this.texts.get(model, listMilliseconds, (share) => onShare(WRITING * share));
      return texts;
    };
    const places = async (): Promise<Places<Firings>> => {
      const { value, file } = await write();
      const format = firingsFormat(value, listMilliseconds);
      // Where the texts could not be kept, what is derived from them cannot be either.
      if (!file) return { files: [], format };
      const { prepared, dtype } = this.source;
      const files = [...this.files, ...sae.files];
      const preparedFile = await DerivedFile.in(
        prepared,
        firingsOf({ hook: sae.hook, dtype, files }, file.path),
      );
      return { files: [preparedFile], keepIn: preparedFile, format };
    };
    const collect = async () => {
      const { value } = await write();
      return collectFirings(model, sae, value, deadline(listMilliseconds), (share) =>
        onShare(WRITING + (1 - WRITING) * share),
      );
    };
    return (await readOrFindOut(await places(), collect)).value;
  }
}
