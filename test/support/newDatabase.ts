import { inject } from 'vitest';

/**
 * Location of a database of a test's own, on the servers that test/suite/servers.ts starts for the whole run.
 *
 * @param kind a Redis that nobody else writes to, or a PostgreSQL database with the tables of a store or without
 */
export async function newDatabase(kind: 'redis' | 'postgres/store' | 'postgres/empty'): Promise<string> {
  const response = await fetch(`${inject('databases')}/${kind}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`No database could be made: ${text}`);
  return text;
}
