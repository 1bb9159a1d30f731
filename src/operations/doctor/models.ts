import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type CatalogueModel,
  type Configuration,
  coreSettings,
  defaultsOf,
} from '../../configuration/index.js';
import { presenceOf, readManifest } from '../../configuration/manifest.js';
import { type Core, createCore } from '../../core/index.js';
import { type Finding, ok, type Patient, warning, wrong } from './finding.js';

/**
 * Looks at every model that is here: the checksums of its files, and whether each of its SAEs does on a fixed text
 * what its release says (docs/models.md), for which the model is loaded.
 */
export async function checkModels({ configuration }: Patient): Promise<Finding[]> {
  if (!configuration) return [];
  const { models, settings } = configuration;
  const core = createCore(coreSettings(settings));
  const findings: Finding[] = [];
  try {
    for (const model of models.values()) {
      const { model: isHere, layers } = presenceOf(model);
      if (isHere && layers.length > 0) {
        findings.push(...(await examine(model, layers, core, configuration)));
      } else if (model.id === settings.model) {
        findings.push(wrong(`${model.id}, the default model, is not here`, `ghosttree pull ${model.id}`));
      }
    }
  } finally {
    await core.close();
  }
  return findings;
}

async function examine(
  model: CatalogueModel,
  layers: number[],
  core: Core,
  configuration: Configuration,
): Promise<Finding[]> {
  const damaged = await damagedFiles(model);
  if (damaged.length > 0) {
    const remedy = `ghosttree pull ${model.id} gets them again`;
    return [wrong(`${model.id}: not as they were pulled: ${damaged.join(', ')}`, remedy)];
  }
  const parameters = { ...defaultsOf(model, configuration.settings), ...SMALLEST };
  const findings: Finding[] = [];
  try {
    for (const layer of layers) {
      const { sae } = await core.ask('feature', { model: model.id, layer, feature: 0, parameters }, model);
      if (sae.parity.status === 'unverified') findings.push(unverified(model, layer));
    }
  } catch (error) {
    const why = (error as Error).message;
    return [wrong(`${model.id} cannot answer: ${why}`, 'see docs/models.md, or pull it again')];
  }
  const summary = `${model.id}: answers, with SAEs at layers ${layers.join(', ')}`;
  return findings.length > 0 ? findings : [ok(summary)];
}

/** A question that costs next to nothing besides opening the model and the SAE. */
const SMALLEST = { scale: 'auto', nodes: 1, depth: 1, tokens: 1, list: 'near', prune: 'off' } as const;

function unverified({ id }: CatalogueModel, layer: number): Finding {
  return warning(
    `${id}, layer ${layer}: the SAE does not do what its release says`,
    'its answers say so; compare the entry in models.yaml with the release (docs/models.md)',
  );
}

/** Names of files whose content has changed since they were pulled. */
async function damagedFiles(model: CatalogueModel): Promise<string[]> {
  const files = Object.entries(readManifest(model)?.files ?? {});
  const damaged: string[] = [];
  for (const [name, { sha256 }] of files) {
    if ((await sha256Of(join(model.hub!.folder, name))) !== sha256) damaged.push(name);
  }
  return damaged;
}

/** Undefined for a file that cannot be read. */
async function sha256Of(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
