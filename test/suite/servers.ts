import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { PostgresServer } from '../support/postgres.js';
import { RedisServer } from '../support/redis.js';

/** Numbered databases of the one Redis; everybody who asks gets the next. */
const REDIS_DATABASES = 10_000;

/** Database of PostgreSQL with the tables of a store, which others are copied from. */
const TEMPLATE = 'template';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where test files ask for a new database. */
    databases: string;
  }
}

let redis: Promise<RedisServer> | undefined;
let postgres: Promise<PostgresServer> | undefined;
let made = 0;
/** PostgreSQL copies a template for one at a time. */
let copying: Promise<unknown> = Promise.resolve();

const CREATE: Record<string, () => Promise<string>> = {
  async '/redis'() {
    redis ??= RedisServer.start('--databases', String(REDIS_DATABASES));
    return `${(await redis).url}/${++made % REDIS_DATABASES}`;
  },
  '/postgres/store': () => createDatabase(` TEMPLATE ${TEMPLATE}`),
  '/postgres/empty': () => createDatabase(''),
};

/**
 * Global set-up: one Redis and one PostgreSQL for all test files of a run. Test files ask for a database of their
 * own over HTTP, and a server starts when the first of them asks: to run a file that needs none starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const door = createServer((request, response) => {
    CREATE[request.url!]!().then(
      (location) => response.end(location),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  project.provide('databases', `http://127.0.0.1:${(door.address() as AddressInfo).port}`);
  return async () => {
    door.close();
    await Promise.all([redis?.then((server) => server.kill()), postgres?.then((server) => server.stop())]);
  };
}

async function createDatabase(options: string): Promise<string> {
  postgres ??= startPostgres();
  const server = await postgres;
  const name = `test${++made}`;
  const copied = copying.then(() => server.execute(`CREATE DATABASE ${name}${options}`));
  copying = copied.catch(() => {});
  await copied;
  return server.url(name);
}

async function startPostgres(): Promise<PostgresServer> {
  const server = await PostgresServer.start();
  await server.execute(`CREATE DATABASE ${TEMPLATE}`);
  // Loads much, which a run that needs no database does not wait for.
  const { openStore } = await import('../../src/store/index.js');
  await (await openStore(server.url(TEMPLATE))).close();
  return server;
}
