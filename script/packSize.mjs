#!/usr/bin/env node
/**
 * Prints the size of the package that `npm pack` makes of this folder, and of its parts, largest first; nothing is
 * written. With --json: the same as data.
 *
 *     node script/packSize.mjs
 */
import { spawnSync } from 'node:child_process';

/** What `npm pack` would put into the tarball. */
function packed() {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr.trim()}`);
  return JSON.parse(stdout)[0];
}

/** The part that a file belongs to: a folder, of `dist` and `models` one below, or the files beside package.json. */
function partOf(path) {
  const folders = path.split('/').slice(0, -1);
  if (folders.length === 0) return 'files beside package.json';
  return folders.slice(0, folders[0] === 'dist' || folders[0] === 'models' ? 2 : 1).join('/');
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

const { filename, size, unpackedSize, files } = packed();
const parts = new Map();
for (const file of files) {
  const part = parts.get(partOf(file.path)) ?? { files: 0, bytes: 0 };
  parts.set(partOf(file.path), { files: part.files + 1, bytes: part.bytes + file.size });
}
const sorted = [...parts].sort(([, a], [, b]) => b.bytes - a.bytes);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ filename, size, unpackedSize, parts: Object.fromEntries(sorted) }));
} else {
  console.log(
    `${filename}: ${megabytes(size)}, ${files.length} files of ${megabytes(unpackedSize)} together`,
  );
  for (const [name, { files: count, bytes }] of sorted)
    console.log(`${megabytes(bytes).padStart(12)}  ${name} (${count} ${count === 1 ? 'file' : 'files'})`);
}
