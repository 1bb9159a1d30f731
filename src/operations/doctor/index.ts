import { environmentVariables, type Variables } from '../../configuration/environment.js';
import { UnreachableError } from '../../core/index.js';
import { checkConfiguration, checkEnvironment } from './configuration.js';
import { checkDerivedFiles } from './derivedFiles.js';
import { checkDiscord } from './discord.js';
import { checkDisk } from './disk.js';
import { type Check, type Finding, type Patient, warning, wrong } from './finding.js';
import { checkFonts } from './fonts.js';
import { checkMemory } from './memory.js';
import { checkModels } from './models.js';
import { checkNode } from './node.js';
import { checkPorts } from './ports.js';
import { checkProgram } from './program.js';
import { checkQueue } from './queue.js';
import { checkSlack } from './slack.js';
import { checkStore } from './store.js';

export type { Finding } from './finding.js';

/** In this order: later checks need what earlier ones read. */
export const CHECKS: readonly Check[] = [
  checkProgram,
  checkNode,
  checkConfiguration,
  checkEnvironment,
  checkSlack,
  checkDiscord,
  checkDisk,
  checkStore,
  checkQueue,
  checkPorts,
  checkFonts,
  checkMemory,
  checkDerivedFiles,
  checkModels,
];

/**
 * Looks at everything that ghosttree needs, and says what to mend.
 *
 * @param tell called with each finding as soon as it is made
 * @param variables default: the environment
 * @param checks default: all
 * @returns whether nothing is wrong
 */
export async function examine(
  tell: (finding: Finding) => void,
  variables: Variables = environmentVariables(),
  checks: readonly Check[] = CHECKS,
): Promise<boolean> {
  const patient: Patient = { variables };
  let isWell = true;
  for (const check of checks) {
    for (const finding of await findingsOf(check, patient)) {
      isWell &&= finding.state !== 'wrong';
      tell(finding);
    }
  }
  return isWell;
}

/** The findings of a check; the message of an error is what is wrong, a colon, and the remedy. */
async function findingsOf(check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    const [what = '', ...remedy] = (error as Error).message.split(': ');
    const isUnreachable = error instanceof UnreachableError;
    return [(isUnreachable ? warning : wrong)(what, remedy.join(': ') || 'see the documentation')];
  }
}
