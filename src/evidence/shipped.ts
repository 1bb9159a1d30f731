import { PromiseMemo } from '../async/promiseMemo.js';
import type { CatalogueModel } from '../configuration/index.js';
import { SHOWN_EXAMPLES, ShippedFeatures } from '../core/files.js';
import type { FeatureEvidence } from '../core/index.js';
import { labelOf, type WordFrequencies } from '../core/judging.js';

/** Twice as many as answers show, because an explanation is scored on the other half. */
const MOST_EXAMPLES = 2 * SHOWN_EXAMPLES;

/** Examples that ship with a model. A file is read when one of its features is first asked for. */
export class ShippedExamples {
  private readonly files = new PromiseMemo<string, ShippedFeatures | undefined>();
  private readonly words = new PromiseMemo<string, WordFrequencies>();

  async of(
    { folder, saes }: Pick<CatalogueModel, 'folder' | 'saes'>,
    layer: number,
    feature: number,
  ): Promise<FeatureEvidence | undefined> {
    const hook = saes[layer]?.hook;
    if (hook === undefined) return undefined;
    // An answer does without a file that cannot be read; the next question tries again.
    const file = this.files.get(folder, () => ShippedFeatures.read(folder)).catch(() => undefined);
    const shipped = await file;
    const entry = shipped?.of(hook, feature);
    if (!shipped || !entry) return undefined;
    const { density, max, stability } = entry;
    const examples = entry.examples.slice(0, MOST_EXAMPLES);
    const words = await this.words.get(`${hook} ${folder}`, () => shipped.wordFrequencies(hook));
    const label = labelOf(examples, words);
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
}
