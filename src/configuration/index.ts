import { join } from 'node:path';
import { InputError } from '../core/index.js';
import { PROJECT_FOLDER } from '../files/projectFolder.js';
import { type CatalogueModel, readCatalogue } from './catalogue.js';
import { configurationFolder, modelsFolder } from './environment.js';
import { readManifest } from './manifest.js';
import { LimitedSettings, type Settings } from './settings.js';
import { readYaml } from './yaml.js';

export type { CatalogueModel } from './catalogue.js';
export { coreSettings, defaultsFor, defaultsOf, jobLimits } from './derived.js';
export type { AllowLists, HourlyLimits, Settings } from './settings.js';

export interface Configuration {
  settings: Settings;
  /** By id, in the order of the file. */
  models: Map<string, CatalogueModel>;
}

/**
 * Reads `ghosttree.yaml` and `models.yaml`.
 *
 * @param folder default: the folder named by GHOSTTREE_CONFIG, or this project's `config/`
 * @throws {InputError} when a file is missing or says something it must not
 */
export function readConfiguration(folder = configurationFolder()): Configuration {
  const settings = readYaml(join(folder, 'ghosttree.yaml'), LimitedSettings);
  const models = readCatalogue(join(folder, 'models.yaml'), {
    project: PROJECT_FOLDER,
    models: modelsFolder(),
  });
  // A pull may have chosen another weight type.
  for (const model of models.values()) model.dtype = readManifest(model)?.dtype ?? model.dtype;
  if (!models.has(settings.model)) {
    throw new InputError(
      `ghosttree.yaml: model "${settings.model}" is not in models.yaml (${[...models.keys()].join(', ')}).`,
    );
  }
  return { settings, models };
}
