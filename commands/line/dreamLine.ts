import { defaultsOf } from '../../src/configuration/derived.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { DreamRequest } from '../../src/core/index.js';
import { questionLine } from './featureLine.js';

/** The command line of `/dream` that asks this question again. */
export function dreamLine(
  question: Pick<DreamRequest, 'layer' | 'feature' | 'parameters'>,
  model: CatalogueModel,
  settings: Settings,
): string {
  const defaults = { ...defaultsOf(model, settings), ...settings.dream };
  return questionLine('dream', question, model, settings, defaults);
}
