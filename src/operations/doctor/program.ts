import { PROJECT_FOLDER } from '../../files/projectFolder.js';
import { version } from '../../files/version.js';
import { type Finding, ok } from './finding.js';

/** Which ghosttree this is, and where it lies: the folder of the documents that messages name. */
export async function checkProgram(): Promise<Finding[]> {
  return [ok(`ghosttree ${version()} in ${PROJECT_FOLDER}`)];
}
