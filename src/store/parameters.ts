/** PostgreSQL refuses a NUL character in a text, and libsql ends the text there: shown as the sign for what cannot be shown. */
const NUL = /\0/g;

/** A statement's parameters as every database keeps them. */
export function storable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (typeof value === 'string' ? value.replace(NUL, '\uFFFD') : value));
}
