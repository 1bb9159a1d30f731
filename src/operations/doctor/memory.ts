import { type CatalogueModel, coreSettings } from '../../configuration/index.js';
import { presenceOf } from '../../configuration/manifest.js';
import { memoryNeeded } from '../../core/prepare.js';
import { sizeText } from '../../text/units.js';
import { type Finding, ok, type Patient, warning, wrong } from './finding.js';

/** Whether the models that are here fit into the memory that models may have. */
export async function checkMemory({ configuration }: Patient): Promise<Finding[]> {
  if (!configuration) return [];
  const { models, settings } = configuration;
  const { memoryBytes } = coreSettings(settings);
  const here = [...models.values()].filter((model) => presenceOf(model).model);
  const needs = await Promise.all(here.map(memoryOf));
  const findings = needs.flatMap(({ model, bytes }) => {
    if (bytes === undefined || bytes <= memoryBytes) return [];
    const what = `${model.id} (${model.dtype}) needs about ${sizeText(bytes)} of memory, and models may have ${sizeText(memoryBytes)}`;
    const remedy = 'raise inference.memoryMegabytes in ghosttree.yaml, or pull it with dtype=q8';
    return [model.id === settings.model ? wrong(what, remedy) : warning(what, remedy)];
  });
  const sizes = needs.flatMap(({ bytes }) => bytes ?? []);
  const all = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (findings.length === 0) {
    const fit = all <= memoryBytes ? 'all fit at once' : 'one at a time fits, they make room for each other';
    findings.push(
      ok(`Memory: ${sizeText(memoryBytes)} for models; those here need about ${sizeText(all)} (${fit})`),
    );
  }
  return findings;
}

/** Bytes that a model needs; none where its files cannot be read, which `checkModels` reports. */
async function memoryOf(model: CatalogueModel): Promise<{ model: CatalogueModel; bytes?: number }> {
  try {
    return { model, bytes: await memoryNeeded(model) };
  } catch {
    return { model };
  }
}
