import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from './projectFolder.js';

let read: string | undefined;

/** The version of this program, from its package.json. */
export function version(): string {
  const file = join(PROJECT_FOLDER, 'package.json');
  read ??= (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  return read;
}
