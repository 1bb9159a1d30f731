import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { modelsFolder, readStore } from '../../configuration/environment.js';
import { sizeText } from '../../text/units.js';
import { type Finding, ok, type Patient, warning, wrong } from './finding.js';

/** Free bytes below which a folder counts as nearly full, and as full: a store grows by kilobytes. */
const LITTLE = 1e9;
const TOO_LITTLE = 50e6;

/** Whether the folders that are written to can be, and have room. */
export async function checkDisk({ variables }: Patient): Promise<Finding[]> {
  const location = readStore(variables);
  const isFile = !location.includes('://') && location !== ':memory:';
  const folders = new Map([
    ...(isFile ? [[dirname(resolve(location)), 'the store'] as const] : []),
    [modelsFolder(variables), 'models'] as const,
  ]);
  return Promise.all([...folders].map(([folder, use]) => look(folder, use)));
}

async function look(folder: string, use: string): Promise<Finding> {
  const existing = await nearestExisting(folder);
  const name = `${folder} (${use})`;
  try {
    await access(existing, constants.W_OK);
  } catch {
    return wrong(
      `${name} cannot be written to`,
      `give the user that runs ghosttree the right to write there`,
    );
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const what = `${name}: ${sizeText(free)} free`;
  if (free < TOO_LITTLE) return wrong(what, 'make room, or name a folder on another disk');
  if (free < LITTLE) return warning(what, 'make room before models are pulled');
  return ok(what);
}

/** The folder itself, or the one in which it would be made. */
async function nearestExisting(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (at === dirname(at) || (await stat(at).catch(() => undefined))) return at;
  }
}
