import { PostgresServer } from '../../test/support/postgres.js';
import { newStore } from '../scale/setting.js';
import type { Finding } from './proof.js';

/** A database that a store is kept in, by its name and its place in the order. */
export interface Database {
  name: 'SQLite' | 'PostgreSQL';
  index: number;
  /** As `openStore` takes it. */
  location: string;
  progress: (line: string) => void;
}

/** Tries the same with a store in each database, one after the other. */
export async function inEachDatabase(
  progress: (line: string) => void,
  attempt: (database: Database) => Promise<Finding>,
): Promise<Finding[]> {
  const server = await PostgresServer.start();
  await server.execute('CREATE DATABASE proof');
  const locations = { SQLite: await newStore(), PostgreSQL: server.url('proof') };
  const found: Finding[] = [];
  for (const [index, name] of (['SQLite', 'PostgreSQL'] as const).entries()) {
    const tell = (line: string) => progress(`${name}: ${line}`);
    found.push(await attempt({ name, index, location: locations[name], progress: tell }));
  }
  await server.stop();
  return found;
}
