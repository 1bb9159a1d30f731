import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError, WEIGHT_TYPES, type WeightType } from '../core/index.js';
import type { CatalogueModel } from './catalogue.js';

/** Name of the file that lists what was pulled of a model; it is written last. */
export const MANIFEST = 'manifest.json';
const SCHEMA = 'ghosttree/manifest@1';

/** What of a model was pulled. */
export interface Manifest {
  schema: typeof SCHEMA;
  model: string;
  /** Type in which the weight matrices are stored. */
  dtype: WeightType;
  /** By path below the model's folder. */
  files: Record<string, PulledFile>;
}

interface PulledFile {
  repository: string;
  commit: string;
  /** In bytes. */
  size: number;
  sha256: string;
  /** When the checksum was last found right, ISO 8601. */
  verified: string;
}

/** Which parts of a model are on this machine. */
export interface Presence {
  /** Whether the language model itself is there. */
  model: boolean;
  /** Layers whose SAE is there. */
  layers: number[];
}

/** What was pulled of a model, or undefined when there is nothing, or a file that no pull wrote. */
export function readManifest({ hub }: CatalogueModel): Manifest | undefined {
  if (!hub) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(join(hub.folder, MANIFEST), 'utf8'));
    return isManifest(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Checked without zod: every command plans with it, and zod takes as long to load as all commands together. */
function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false;
  const { schema, model, dtype, files } = value;
  const isKnownType = WEIGHT_TYPES.some((type) => type === dtype);
  if (schema !== SCHEMA || typeof model !== 'string' || !isKnownType || !isObject(files)) return false;
  return Object.values(files).every((file) => {
    if (!isObject(file)) return false;
    const { repository, commit, size, sha256, verified } = file;
    const areTexts = [repository, commit, sha256, verified].every((text) => typeof text === 'string');
    return areTexts && typeof size === 'number';
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The models of a process that leaves all questions to workers. */
export function withFilesElsewhere(models: ReadonlyMap<string, CatalogueModel>): Map<string, CatalogueModel> {
  return new Map([...models].map(([id, model]) => [id, { ...model, elsewhere: true }]));
}

/**
 * Looks at the disk: a pulled file counts when the manifest lists it and it has the right size. A model elsewhere counts
 * as present, because only its worker can check.
 */
export function presenceOf(model: CatalogueModel): Presence {
  const { hub, layers, elsewhere } = model;
  if (!hub || elsewhere) return { model: true, layers };
  const files = new Map(Object.entries(readManifest(model)?.files ?? {}));
  const there = (belongs: (name: string) => boolean) => {
    const names = [...files.keys()].filter(belongs);
    return names.length > 0 && names.every((name) => hasSize(join(hub.folder, name), files.get(name)!.size));
  };
  return {
    model: !hub.model || there((name) => !name.includes('/')),
    layers: layers.filter((layer) => {
      const path = hub.saes?.paths[layer];
      return path === undefined || there((name) => name.startsWith(`saes/${path}/`));
    }),
  };
}

/**
 * What menus offer: the models and layers on this machine, or all of them where there are none, because a menu must not
 * be empty and the answer then says how to get what was chosen.
 */
export function offeredModels(models: ReadonlyMap<string, CatalogueModel>): CatalogueModel[] {
  const here: CatalogueModel[] = [];
  for (const model of models.values()) {
    const presence = presenceOf(model);
    if (presence.model && presence.layers.length > 0) here.push({ ...model, layers: presence.layers });
  }
  return here.length > 0 ? here : [...models.values()];
}

/**
 * Whether a question about this layer can be answered here.
 *
 * @throws {InputError} when it is not here; says how to get it
 */
export function checkPresent({ id, hub }: CatalogueModel, presence: Presence, layer: number): void {
  if (presence.model && presence.layers.includes(layer)) return;
  const there = presence.model && presence.layers.length > 0;
  const what = there
    ? `Layer ${layer} of ${id} is not on this machine (there: ${presence.layers.join(', ')})`
    : `${id} is not on this machine`;
  const layers = there || !hub?.layers.includes(layer) ? ` layers=${layer}` : '';
  const how = `with \`ghosttree pull ${id}${layers}\`.`;
  throw new OperatorError(`${what}: an operator gets it ${how}`, `${what}: get it ${how}`);
}

function hasSize(file: string, size: number): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === size;
}
