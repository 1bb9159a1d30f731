/** PostgreSQL refuses a text with a NUL character and libsql ends the text there, so it becomes U+FFFD. */
const NUL = /\0/g;

/** A statement's parameters with texts that every database stores unchanged. */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'string' ? value.replace(NUL, '\uFFFD') : value));
}

/**
 * libsql ends the whole process when it is given a boolean, and untrusted events may hold any value.
 *
 * @throws {TypeError} when a parameter is of no type that SQLite has
 */
export function checkParameters(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (parameter === null || ['string', 'number', 'bigint'].includes(typeof parameter)) continue;
    if (!Buffer.isBuffer(parameter)) throw new TypeError(`SQLite knows no ${typeof parameter}`);
  }
}
