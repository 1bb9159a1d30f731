import { writtenFiles } from '../../core/prepare.js';
import { sizeText } from '../../text/units.js';
import { type Finding, ok, type Patient } from './finding.js';

/** Which versions wrote the files that are derived from models. Files that no version here can use are made anew. */
export async function checkDerivedFiles({ configuration }: Patient): Promise<Finding[]> {
  if (!configuration) return [];
  const written = await writtenFiles([...configuration.models.values()].map(({ prepared }) => prepared));
  if (written.length === 0) return [ok('Derived files: none yet; answers make them')];
  const parts = written.map(
    ({ version, count, bytes }) =>
      `${count} (${sizeText(bytes)}) written by ${version ?? 'an earlier version'}`,
  );
  return [ok(`Derived files: ${parts.join(', ')}`)];
}
