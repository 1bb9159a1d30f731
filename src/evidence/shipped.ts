import { PromiseMemo } from '../async/promiseMemo.js';
import type { CatalogueModel } from '../configuration/index.js';
import { FeatureRecords, SHOWN_EXAMPLES, ShippedFeatures } from '../core/files.js';
import type { EvidenceExample, FeatureEvidence, FeatureLabel } from '../core/index.js';
import { labelOf, type WordFrequencies } from '../core/judging.js';

/** Twice as many as answers show, because an explanation is scored on the other half. */
const MOST_EXAMPLES = 2 * SHOWN_EXAMPLES;

/** What of a model tells where its examples are. */
type Place = Pick<CatalogueModel, 'folder' | 'saes'>;

/** Examples that ship with a model. A file is read when one of its features is first asked for. */
export class ShippedExamples {
  private readonly files = new PromiseMemo<string, ShippedFeatures | undefined>();
  private readonly words = new PromiseMemo<string, WordFrequencies>();
  private readonly records = new PromiseMemo<string, FeatureRecords | undefined>();

  async of(model: Place, layer: number, feature: number): Promise<FeatureEvidence | undefined> {
    const hook = model.saes[layer]?.hook;
    if (hook === undefined) return undefined;
    const entry = (await this.fileOf(model))?.of(hook, feature);
    if (!entry) return undefined;
    const { density, max, stability } = entry;
    const examples = entry.examples.slice(0, MOST_EXAMPLES);
    // A record holds the same label with what was measured of it.
    const record = (await this.recordsOf(model, hook))?.of(feature);
    const label = record?.label ?? (await this.labelFrom(model, layer, examples));
    return {
      source: 'shipped',
      density,
      maximum: max,
      ...(stability && { stability }),
      ...(label && { label }),
      explanations: [],
      examples,
    };
  }

  /** The label that examples of a feature give. @returns undefined where none ship with the model, or these tell nothing */
  async labelFrom(
    model: Place,
    layer: number,
    examples: readonly EvidenceExample[],
  ): Promise<FeatureLabel | undefined> {
    const hook = model.saes[layer]?.hook;
    const shipped = await this.fileOf(model);
    if (hook === undefined || !shipped) return undefined;
    const words = await this.words.get(`${hook} ${model.folder}`, () => shipped.wordFrequencies(hook));
    return labelOf(examples, words);
  }

  /** As below. */
  private recordsOf(model: Place, hook: string): Promise<FeatureRecords | undefined> {
    return this.records
      .get(`${hook} ${model.folder}`, () => FeatureRecords.read(model, hook))
      .catch(() => undefined);
  }

  /** An answer does without a file that cannot be read; the next question tries again. */
  private fileOf({ folder }: Place): Promise<ShippedFeatures | undefined> {
    return this.files.get(folder, () => ShippedFeatures.read(folder)).catch(() => undefined);
  }
}
