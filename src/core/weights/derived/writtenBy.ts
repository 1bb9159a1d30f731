import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readMetadataUnchecked } from '../files/checksum.js';

/** Derived files that one version of the program wrote. */
export interface WrittenFiles {
  /** Undefined for what was written before files said it, and for what cannot be read. */
  version: string | undefined;
  count: number;
  bytes: number;
}

/** The derived files in these folders by the version that wrote them; a folder that is not there holds none. */
export async function writtenFiles(folders: readonly string[]): Promise<WrittenFiles[]> {
  const byVersion = new Map<string | undefined, WrittenFiles>();
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.safetensors'))) {
      const file = join(folder, name);
      const version = (await readMetadataUnchecked(file).catch(() => undefined))?.version;
      const written = byVersion.get(version) ?? { version, count: 0, bytes: 0 };
      written.count += 1;
      written.bytes += (await stat(file).catch(() => undefined))?.size ?? 0;
      byVersion.set(version, written);
    }
  }
  return [...byVersion.values()];
}
