import { join } from 'node:path';
import { newDatabase } from './newDatabase.js';
import { temporaryFolder } from './temporaryFolder.js';

/** A kind of database that a store may be in. */
export interface DatabaseKind {
  name: 'SQLite' | 'PostgreSQL';
  /** Location of a new database, in PostgreSQL one where a store was opened before, which is quicker. */
  fresh(): Promise<string>;
  /** Location of a new database where no store was opened yet. */
  empty(): Promise<string>;
}

const newFile = async () => join(await temporaryFolder(), 'ghosttree.sqlite');

/** Both kinds, for `describe.each(databases)('... in $name', ({ fresh }) => ...)`. */
export const databases: DatabaseKind[] = [
  { name: 'SQLite', fresh: newFile, empty: newFile },
  {
    name: 'PostgreSQL',
    fresh: () => newDatabase('postgres/store'),
    empty: () => newDatabase('postgres/empty'),
  },
];
