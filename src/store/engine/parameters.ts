/** PostgreSQL refuses a NUL character in a text, and libsql ends the text there: shown as the sign for what cannot be shown. */
const NUL = /\0/g;

/** A statement's parameters with texts that every database keeps as they are. */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'string' ? value.replace(NUL, '\uFFFD') : value));
}

/**
 * libsql ends the whole process when it is given true or false, and strangers' events may hold anything anywhere.
 *
 * @throws {TypeError} when a parameter is nothing that SQLite knows
 */
export function checkParameters(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (parameter === null || ['string', 'number', 'bigint'].includes(typeof parameter)) continue;
    if (!Buffer.isBuffer(parameter)) throw new TypeError(`SQLite knows no ${typeof parameter}`);
  }
}
