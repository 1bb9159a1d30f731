import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel } from '../configuration/catalogue.js';
import { MANIFEST, type Manifest, readManifest } from '../configuration/manifest.js';
import type { HubCommit } from './client.js';
import type { WantedFile } from './selection.js';

/** Writes the manifest so that it is whole or the one before. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = join(folder, MANIFEST);
  const handle = await open(`${file}.part`, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
}

/**
 * Files below a part of the model's folder that an earlier pull brought, as far as they come from this repository and
 * commit: nothing has to be asked then.
 *
 * @param prefix `saes/<path>/`, or '' for the language model
 */
export function filesInManifest(
  model: CatalogueModel,
  prefix: string,
  { repository, revision }: { repository: string; revision: string },
): WantedFile[] {
  const wanted: WantedFile[] = [];
  for (const [name, entry] of Object.entries(readManifest(model)?.files ?? {})) {
    if (!belongsTo(name, prefix)) continue;
    if (entry.commit !== revision) return [];
    const path = name.replace(/^saes\//, '');
    const place: HubCommit = { repository, commit: entry.commit };
    wanted.push({ place, name, file: { path, size: entry.size, checksum: { sha256: entry.sha256 } } });
  }
  return wanted;
}

/** Whether a file is of the SAE at `prefix`, or of the language model when that is ''. */
export function belongsTo(name: string, prefix: string): boolean {
  return prefix === '' ? !name.includes('/') : name.startsWith(prefix);
}
