import { join } from 'node:path';
import { type FeatureStatistics, measureStatistics } from '../../features/kind/statistics.js';
import type { AnsweringModel } from '../../features/questions.js';
import {
  keepStatistics,
  type MeasuredSae,
  preparedStatistics,
  readStatistics,
} from '../../weights/derived/statistics.js';
import type { ModelSource } from '../../weights/files/source.js';
import type { OpenSae } from './openSae.js';
import type { OwnTextStore } from './ownTextStore.js';

/** Statistics held in memory; those of others are read again. */
const MOST_HELD = 4;
/** The statistics that ship with an SAE, beside its weights. */
export const SHIPPED_STATISTICS = 'statistics.safetensors';

type OnShare = (share: number) => void | Promise<void>;

/**
 * What is measured of all features of a model's SAEs: from memory, from the file that ships with an SAE, from the
 * prepared folder, or measured and kept there.
 */
export class StatisticsStore {
  private readonly held = new Map<number, FeatureStatistics>();

  /** @param modelFiles absolute paths of the model's weights */
  constructor(
    private readonly source: ModelSource,
    private readonly modelFiles: readonly string[],
    private readonly texts: OwnTextStore,
  ) {}

  /** What takes no measuring; undefined where nothing is at hand. */
  async known(layer: number, sae: OpenSae): Promise<FeatureStatistics | undefined> {
    const held = this.held.get(layer);
    if (held) return held;
    const measured = this.measured(sae);
    const shipped = join(this.source.saes[layer]!.folder, SHIPPED_STATISTICS);
    const found = (await preparedStatistics(measured)) ?? (await readStatistics(shipped, measured));
    if (found) this.hold(layer, found);
    return found;
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
    const known = await this.known(layer, sae);
    if (known) return known;
    const write = async (tell: OnShare) => (await this.texts.get(model, milliseconds, tell)).texts;
    const statistics = await measureStatistics(model, sae, write, onShare);
    await keepStatistics(this.measured(sae), statistics);
    this.hold(layer, statistics);
    return statistics;
  }

  private hold(layer: number, statistics: FeatureStatistics): void {
    this.held.set(layer, statistics);
    if (this.held.size > MOST_HELD) this.held.delete(this.held.keys().next().value!);
  }

  private measured({ hook, features, files }: Pick<OpenSae, 'hook' | 'features' | 'files'>): MeasuredSae {
    const { dtype, prepared } = this.source;
    return { hook, features, dtype, prepared, files: [...this.modelFiles, ...files] };
  }
}
