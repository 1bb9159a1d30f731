#!/usr/bin/env node
/**
 * Checks a lock file: every package comes from the registry with a checksum, those that run something when they are
 * installed are known, and every licence is one that may be shipped with an Apache-2.0 program.
 *
 *     node script/auditLock.mjs package-lock.json
 */
import { readFileSync } from 'node:fs';

/** Packages with install scripts, which script/setup does not run but canvas' own; with what they would do. */
const RUN_ON_INSTALL = new Set([
  'canvas', // fetches or compiles its binary: the only one that is run
  'esbuild', // checks its binary; development only
  'msgpackr-extract', // compiles an optional speed-up; does without
  'onnxruntime-node', // would fetch CUDA libraries
  'protobufjs', // prints a note
]);

const LICENCES = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'CC0-1.0']);

/** What is wrong with a package, as sentences. */
function complaints(path, entry) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const wrong = [];
  const { integrity, resolved = '', hasInstallScript, license, link } = entry;
  if (link) wrong.push('is a link to a folder');
  if (!/^sha(512|384|256)-/.test(integrity ?? '')) wrong.push('has no strong checksum');
  if (/^(git|http:|file:)/.test(resolved))
    wrong.push(`comes from ${resolved.split(':')[0]}, not from the registry`);
  if (hasInstallScript && !RUN_ON_INSTALL.has(name)) wrong.push('would run a script when it is installed');
  if (!isAllowed(license)) wrong.push(`has the licence ${license ?? 'nothing'}`);
  return wrong.map((what) => `${name} ${entry.version ?? ''} ${what}`);
}

/** One of several licences to choose from is enough. */
function isAllowed(license = '') {
  return license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => LICENCES.has(one));
}

const [file = 'package-lock.json'] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const others = Object.entries(packages).filter(([path]) => path !== '');
const wrong = others.flatMap(([path, entry]) => complaints(path, entry));
if (wrong.length > 0) {
  for (const line of wrong) console.error(line);
  process.exitCode = 1;
} else {
  console.error(`${others.length} packages: checksums, sources, install scripts and licences are in order.`);
}
