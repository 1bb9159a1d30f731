/** PostgreSQL refuses a NUL character in a text, and libsql ends the text there: shown as the sign for what cannot be shown. */
const NUL = /\0/g;

/** A statement's parameters as every database keeps them. */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'string' ? value.replace(NUL, '\uFFFD') : value));
}

/**
 * The same for SQLite. libsql ends the whole process when it is given true or false, and strangers' events may hold
 * anything anywhere.
 *
 * @throws {TypeError} when a parameter is neither a text, a number, bytes nor null
 */
export function storableInSqlite(parameters: readonly unknown[]): unknown[] {
  for (const value of parameters) {
    if (value === null || ['string', 'number', 'bigint'].includes(typeof value)) continue;
    if (!(value instanceof Uint8Array)) throw new TypeError(`SQLite keeps no ${typeof value}`);
  }
  return storable(parameters);
}
