import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError, WEIGHT_TYPES } from '../core/index.js';
import type { CatalogueModel } from './catalogue.js';

/** Name of the file that says what of a model was pulled; it is written last. */
export const MANIFEST = 'manifest.json';

const Manifest = z.object({
  schema: z.literal('ghosttree/manifest@1'),
  model: z.string(),
  /** What the weight matrices are held in. */
  dtype: z.enum(WEIGHT_TYPES),
  /** By path below the model's folder. */
  files: z.record(
    z.string(),
    z.object({
      repository: z.string(),
      commit: z.string(),
      /** In bytes. */
      size: z.number(),
      sha256: z.string(),
      /** When the checksum was last found right, ISO 8601. */
      verified: z.string(),
    }),
  ),
});

export type Manifest = z.infer<typeof Manifest>;

/** What of a model is on this machine. */
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
    return Manifest.parse(JSON.parse(readFileSync(join(hub.folder, MANIFEST), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The models as a process sees them that leaves all questions to workers. */
export function withFilesElsewhere(models: ReadonlyMap<string, CatalogueModel>): Map<string, CatalogueModel> {
  return new Map([...models].map(([id, model]) => [id, { ...model, elsewhere: true }]));
}

/**
 * Looks at the disk: a pulled file counts when the manifest lists it and it has the right size. What is elsewhere
 * counts as there: its worker knows better.
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
 * What menus offer: models that are on this machine with the layers that are. All of them where nothing is: a menu
 * must not be empty, and the answer then tells how to get what was chosen.
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
 * @throws {InputError} tells how to get what is not there
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
