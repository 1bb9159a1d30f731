import { join } from 'node:path';
import type { CatalogueModel } from '../configuration/catalogue.js';
import { MANIFEST, type Manifest, readManifest } from '../configuration/manifest.js';
import { writeWhole } from '../files/wholeFile.js';
import type { HubCommit } from './client.js';
import type { WantedFile } from './selection.js';

/** Writes the manifest so that it is whole or the one before. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, true);
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
