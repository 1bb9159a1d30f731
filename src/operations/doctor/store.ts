import { existsSync } from 'node:fs';
import { readStore } from '../../configuration/environment.js';
import { openStore } from '../../store/index.js';
import { type Finding, ok, type Patient } from './finding.js';

/** Whether the store opens, which checks its integrity. A store that does not exist yet is not created. */
export async function checkStore({ variables }: Patient): Promise<Finding[]> {
  const location = readStore(variables);
  const isServer = location.includes('://');
  if (!isServer && !existsSync(location)) return [ok('Store: none yet; `ghosttree serve` makes it')];
  const store = await openStore(location);
  const versions = await store.versions();
  await store.close();
  const written = versions.map(
    ({ version, at }) => `${version} since ${new Date(at).toISOString().slice(0, 10)}`,
  );
  return [
    ok(`Store: ${isServer ? 'the database server' : location} opens; written by ${written.join(', ')}`),
  ];
}
