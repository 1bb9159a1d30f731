import type { DerivedFile } from './derivedFile.js';
import type { Format } from './format.js';

/** A result, and the file that holds it where one does. */
export interface Result<Value> {
  value: Value;
  file?: DerivedFile | undefined;
}

/** Where a result may lie. */
export interface Places<Value> {
  /** The best first. */
  files: readonly DerivedFile[];
  /** The one of them in which it is kept when it was found out now; none where it cannot be, or is not worth it. */
  keepIn?: DerivedFile | undefined;
  format: Format<Value>;
}

/** The result in the first of the files that holds one that serves. */
export async function readResult<Value>({
  files,
  format,
}: Places<Value>): Promise<Result<Value> | undefined> {
  for (const file of files) {
    const checkpoint = await file.open();
    const value = checkpoint && (await format.read(checkpoint).catch(() => undefined));
    if (value !== undefined) return { value, file };
  }
  return undefined;
}

/**
 * A result from a file, else found out now and kept. Keeping it is a convenience: what cannot be read or written is
 * found out again.
 *
 * @throws what `findOut` throws
 */
export async function readOrFindOut<Value>(
  places: Places<Value>,
  findOut: () => Promise<Value>,
): Promise<Result<Value>> {
  const earlier = await readResult(places);
  if (earlier) return earlier;
  const value = await findOut();
  const { keepIn, format } = places;
  return { value, file: (await keepIn?.keep(await format.write(value))) ? keepIn : undefined };
}
