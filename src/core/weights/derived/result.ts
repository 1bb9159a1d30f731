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
  /** The one of them to which a newly computed result is written; absent where it cannot be or is not worth it. */
  keepIn?: DerivedFile | undefined;
  format: Format<Value>;
}

/** The result in the first of the files that holds one which can be used. */
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
 * A result from a file, else computed now and kept. Keeping it is a convenience: what cannot be read or written is
 * computed again.
 *
 * @throws what `compute` throws
 */
export async function readOrFindOut<Value>(
  places: Places<Value>,
  compute: () => Promise<Value>,
): Promise<Result<Value>> {
  const earlier = await readResult(places);
  if (earlier) return earlier;
  const value = await compute();
  const { keepIn, format } = places;
  return { value, file: (await keepIn?.keep(await format.write(value))) ? keepIn : undefined };
}
