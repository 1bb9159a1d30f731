import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From this size on files are kept as LFS objects; the real Hub decides by type, too. */
const LFS_FROM = 20_000;

/** A repository on the loopback Hub. */
export interface Repository {
  /** `owner/name`. */
  name: string;
  commit: string;
  /** Earlier names that redirect to it. */
  earlierNames: string[];
  /** Whether its licence must be accepted; `readers` have done so. */
  gated: boolean;
  /** Tokens that may read it. */
  readers: string[];
  files: Map<string, Buffer>;
  /** Sizes that the list of files claims, where they are not the true ones. */
  claimedSizes: Map<string, number>;
}

/** A repository with files of this project. @param folders from a folder of the project to one of the repository */
export function repository(name: string, folders: Record<string, string>): Repository {
  const files = new Map<string, Buffer>();
  for (const [from, to] of Object.entries(folders)) {
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (entry.isFile()) files.set(join(to, entry.name), readFileSync(join(from, entry.name)));
    }
  }
  const commit = createHash('sha1').update(name).digest('hex');
  return {
    name,
    commit,
    earlierNames: [],
    gated: false,
    readers: [],
    files,
    claimedSizes: new Map(),
  };
}

export function isLfs(content: Buffer): boolean {
  return content.length >= LFS_FROM;
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** git's name of a file. */
export function blobName(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** git's file in place of an LFS object. */
function pointer(content: Buffer): Buffer {
  return Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`,
  );
}

/** An entry of `/api/models/{repo}/tree/{revision}`. */
export interface TreeEntry {
  type: 'file' | 'directory';
  oid: string;
  size: number;
  path: string;
  lfs?: { oid: string; size: number; pointerSize: number };
}

/**
 * The entries of a folder, or undefined when there is no such folder.
 *
 * @param folder '' for the uppermost
 */
export function treeOf(
  { files, claimedSizes }: Repository,
  folder: string,
  recursive: boolean,
): TreeEntry[] | undefined {
  const prefix = folder ? `${folder}/` : '';
  const entries = new Map<string, TreeEntry>();
  for (const [path, content] of files) {
    if (!path.startsWith(prefix)) continue;
    const parts = path.slice(prefix.length).split('/');
    for (let depth = 1; depth < parts.length && (recursive || depth === 1); depth++) {
      const directory = prefix + parts.slice(0, depth).join('/');
      const oid = createHash('sha1').update(directory).digest('hex');
      entries.set(directory, { type: 'directory', oid, size: 0, path: directory });
    }
    if (parts.length > 1 && !recursive) continue;
    const size = claimedSizes.get(path) ?? content.length;
    const lfs = isLfs(content) && { oid: sha256(content), size, pointerSize: pointer(content).length };
    const oid = blobName(lfs ? pointer(content) : content);
    entries.set(path, { type: 'file', oid, size, path, ...(lfs && { lfs }) });
  }
  if (entries.size === 0 && folder) return undefined;
  return [...entries.values()].sort((a, b) => a.path.localeCompare(b.path));
}
