import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel } from '../configuration/catalogue.js';
import { MANIFEST, readManifest } from '../configuration/manifest.js';
import { InputError } from '../core/index.js';
import { lockFolder } from './lock.js';
import { belongsTo, writeManifest } from './manifestFile.js';
import { explainedWriteError } from './space.js';

/**
 * Removes a pulled model, or the SAEs at some of its layers, from the disk. The manifest is changed first, so that
 * nothing half removed counts as present.
 *
 * @param layers default: everything
 * @throws {InputError} when there is nothing to remove, or it cannot be
 */
export async function remove(model: CatalogueModel, layers?: readonly number[]): Promise<void> {
  const { hub, id } = model;
  if (!hub) throw new InputError(`${id} was not pulled: its files lie in a folder of this machine.`);
  if (!existsSync(hub.folder)) throw new InputError(`${id} is not on this machine.`);
  const unlock = await lockFolder(hub.folder, id);
  try {
    if (layers) await removeLayers(model, hub.folder, layers);
    else {
      await rm(join(hub.folder, MANIFEST), { force: true });
      await rm(hub.folder, { recursive: true });
    }
  } catch (error) {
    throw explainedWriteError(error, join(hub.folder, MANIFEST));
  } finally {
    await unlock();
  }
}

async function removeLayers(model: CatalogueModel, folder: string, layers: readonly number[]): Promise<void> {
  const paths = layers.map((layer) => model.hub?.saes?.paths[layer]).filter((path) => path !== undefined);
  const places = paths.map((path) => join(folder, 'saes', path));
  if (!places.some((place) => existsSync(place)))
    throw new InputError(`${model.id} has no pulled SAE at layer ${layers.join(', ')}.`);
  const manifest = readManifest(model);
  if (manifest) {
    const remaining = Object.entries(manifest.files).filter(
      ([name]) => !paths.some((path) => belongsTo(name, `saes/${path}/`)),
    );
    await writeManifest(folder, { ...manifest, files: Object.fromEntries(remaining) });
  }
  for (const place of places) await rm(place, { recursive: true, force: true });
  await removePrepared(model, layers);
}

/** Removes what was derived from the SAEs, whose files are named after the hook points. */
async function removePrepared({ prepared, saes }: CatalogueModel, layers: readonly number[]): Promise<void> {
  const names = await readdir(prepared).catch(() => []);
  const hooks = layers.map((layer) => saes[layer]?.hook);
  for (const name of names.filter((file) => hooks.some((hook) => hook && file.startsWith(`${hook}.`))))
    await rm(join(prepared, name), { force: true });
}
