import { join } from 'node:path';
import { type FeatureStatistics, measureStatistics } from '../../features/kind/statistics.js';
import type { AnsweringModel } from '../../features/questions.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import type { Places } from '../../weights/derived/result.js';
import { STATISTICS, statisticsOf } from '../../weights/derived/statistics.js';
import type { ModelSource } from '../../weights/files/source.js';
import { KeptResults } from './kept.js';
import type { OpenSae } from './openSae.js';
import type { OwnTextStore } from './ownTextStore.js';

/** Statistics in memory; those of other SAEs are read again. */
const MOST_HELD = 4;
/** The statistics that ship with an SAE, beside its weights. */
export const SHIPPED_STATISTICS = 'statistics.safetensors';

type OnShare = (share: number) => void | Promise<void>;

/** What is measured of all features of a model's SAEs. */
export class StatisticsStore {
  private readonly results = new KeptResults<FeatureStatistics>(MOST_HELD);

  /** @param modelFiles absolute paths of the model's weights */
  constructor(
    private readonly source: ModelSource,
    private readonly modelFiles: readonly string[],
    private readonly texts: OwnTextStore,
  ) {}

  /** Statistics from memory or a file; undefined where they would have to be measured. */
  async known(layer: number, sae: OpenSae): Promise<FeatureStatistics | undefined> {
    return (await this.results.find(sae.hook, () => this.places(layer, sae)))?.value;
  }

  /**
   * @param milliseconds after which the model begins no further texts
   * @param onShare awaited with the share of the measuring that is done; throwing stops it
   */
  async get(
    model: AnsweringModel,
    layer: number,
    sae: OpenSae,
    milliseconds: number,
    onShare: OnShare,
  ): Promise<FeatureStatistics> {
    const write = async (onTexts: OnShare) => (await this.texts.get(model, milliseconds, onTexts)).value;
    const measure = () => measureStatistics(model, sae, write, onShare);
    return (await this.results.get(sae.hook, () => this.places(layer, sae), measure)).value;
  }

  private async places(layer: number, { hook, files }: OpenSae): Promise<Places<FeatureStatistics>> {
    const { dtype, prepared, saes } = this.source;
    const derivation = statisticsOf({ hook, dtype, files: [...this.modelFiles, ...files] });
    const preparedFile = await DerivedFile.in(prepared, derivation);
    const shipped = await DerivedFile.shipped(join(saes[layer]!.folder, SHIPPED_STATISTICS), derivation);
    return { files: [preparedFile, shipped], keepIn: preparedFile, format: STATISTICS };
  }
}
