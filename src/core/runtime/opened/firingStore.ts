import { collectFirings } from '../../features/activation/firings.js';
import type { FeatureLimits, Firings, RunningModel } from '../../model/model.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import { firingsFormat, firingsOf } from '../../weights/derived/firings.js';
import type { Places, Result } from '../../weights/derived/result.js';
import type { ModelSource } from '../../weights/files/source.js';
import { KeptResults } from './kept.js';
import type { OpenSae } from './openSae.js';
import { deadline, type OwnTextStore } from './ownTextStore.js';

/** Share of the preparation that writing the texts takes, about. */
const WRITING = 0.6;

/** Where the features of a model's SAEs fire in the model's own texts. */
export class FiringStore {
  private readonly results = new KeptResults<Firings>();

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
      const own = await DerivedFile.in(prepared, firingsOf({ hook: sae.hook, dtype, files }, file.path));
      return { files: [own], keepIn: own, format };
    };
    const collect = async () => {
      const { value } = await write();
      return collectFirings(model, sae, value, deadline(listMilliseconds), (share) =>
        onShare(WRITING + (1 - WRITING) * share),
      );
    };
    return (await this.results.get(sae.hook, places, collect)).value;
  }
}
