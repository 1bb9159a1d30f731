import { join } from 'node:path';
import type { CatalogueModel } from '../configuration/catalogue.js';
import { MANIFEST, type Manifest, readManifest } from '../configuration/manifest.js';
import { writeWhole } from '../files/wholeFile.js';
import type { HubCommit } from './client.js';
import type { WantedFile } from './selection.js';

/** Writes the manifest whole, or leaves the earlier one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, true);
}

/**
 * Files of a part of the model's folder that an earlier pull got from this repository and commit, so that the Hub need
 * not be asked for them.
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

/** Whether a file belongs to the SAE at `prefix`, or to the language model when that is ''. */
export function belongsTo(name: string, prefix: string): boolean {
  return prefix === '' ? !name.includes('/') : name.startsWith(prefix);
}
