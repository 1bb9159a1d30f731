import { listCommands, planLine } from '../../../commands/index.js';
import { readConfiguration } from '../../../src/configuration/index.js';
import { InputError } from '../../../src/core/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';
import { mutateText } from './mutations.js';

/** A person types on while a line is planned, so it must not take longer. */
const LIMIT_MILLISECONDS = 250;
/** What a chat shows of a refusal without cutting it. */
const LONGEST_REFUSAL = 1500;

/** Plans command lines that are nearly right, or not at all: each is understood or refused with a sentence. */
export async function hostileCommandLines(count: number, dice: Dice): Promise<Finding> {
  const configuration = readConfiguration();
  const jobs = new LocalJobs(
    { ask: () => Promise.reject(new Error('nothing is asked here')) },
    { perPerson: 1, perChannel: 1, perWorkspace: 1, altogether: 1, cacheBytes: 1, cacheSeconds: 1 },
  );
  const lines = listCommands().flatMap(({ examples }) => examples);
  let planned = 0;
  let refused = 0;
  let longest = 0;
  const wrong: string[] = [];
  for (let index = 0; index < count; index++) {
    const line = mutateText(dice.pick(lines), dice);
    const before = dice.chance(0.2) ? dice.pick(lines) : undefined;
    const began = performance.now();
    try {
      planLine(line, { configuration, jobs }, before);
      planned++;
    } catch (error) {
      if (error instanceof InputError) refused++;
      if (!(error instanceof InputError)) wrong.push(`${JSON.stringify(line)}: ${error}`);
      else if (error.message.length > LONGEST_REFUSAL || error.message.trim() === '')
        wrong.push(`${JSON.stringify(line)} is refused with ${error.message.length} characters`);
    }
    longest = Math.max(longest, performance.now() - began);
  }
  for (const line of wrong.slice(0, 10)) process.stderr.write(`${line.slice(0, 300)}\n`);
  return {
    what: 'Command lines, mutated from the examples of the help texts, also as changes to a thread’s line',
    tried: `${count} lines`,
    found: `${wrong.length} crashes or unreadable refusals; ${planned} understood, ${refused} refused; longest ${longest.toFixed(0)} ms (limit ${LIMIT_MILLISECONDS})`,
    met: wrong.length === 0 && longest <= LIMIT_MILLISECONDS,
  };
}
