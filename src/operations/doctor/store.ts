import { existsSync } from 'node:fs';
import { readStore } from '../../configuration/environment.js';
import { openStore } from '../../store/index.js';
import { type Finding, ok, type Patient } from './finding.js';

/** Whether the store opens, which checks its integrity. One that is not there yet is not made. */
export async function checkStore({ variables }: Patient): Promise<Finding[]> {
  const location = readStore(variables);
  const isServer = location.includes('://');
  if (!isServer && !existsSync(location)) return [ok('Store: none yet; `ghosttree serve` makes it')];
  const store = await openStore(location);
  await store.close();
  return [ok(`Store: ${isServer ? 'the database server' : location} opens`)];
}
