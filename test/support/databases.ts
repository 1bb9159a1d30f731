import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PostgresServer } from './postgres.js';
import { temporaryFolder } from './terminal.js';

/** A kind of database that a store may be in. */
export interface DatabaseKind {
  name: string;
  /** Location of a new, empty database. */
  fresh(): Promise<string>;
}

let server: Promise<PostgresServer> | undefined;
let made = 0;

/** The test file's PostgreSQL server, started when it is first asked for. */
export function postgres(): Promise<PostgresServer> {
  server ??= PostgresServer.start();
  return server;
}

afterAll(async () => {
  await (await server)?.stop();
});

/** Both kinds, for `describe.each(databases)('... in $name', ({ fresh }) => ...)`. */
export const databases: DatabaseKind[] = [
  { name: 'SQLite', fresh: async () => join(await temporaryFolder(), 'ghosttree.sqlite') },
  {
    name: 'PostgreSQL',
    async fresh() {
      const name = `test${++made}`;
      const running = await postgres();
      await running.execute(`CREATE DATABASE ${name}`);
      return running.url(name);
    },
  },
];
