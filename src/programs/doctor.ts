import type { HelpTopic } from '../../commands/line/command.js';
import { coloursFor } from '../adapters/terminal/colours.js';
import { withRunnableCommands } from '../adapters/terminal/shell.js';
import { InputError } from '../core/index.js';
import { examine } from '../operations/doctor/index.js';

const COLOUR_OF = { ok: 'green', warning: 'yellow', wrong: 'red' } as const;

/**
 * `ghosttree doctor`: looks at all that ghosttree needs, says what to mend, and exits with 1 when something is wrong.
 *
 * @throws {InputError} when it is given arguments
 */
export async function runDoctor(words: readonly string[], programs: readonly HelpTopic[]): Promise<void> {
  if (words.length > 0) throw new InputError('doctor takes no arguments: it looks at everything.');
  const colours = coloursFor(process.stdout);
  const isWell = await examine(({ state, what, remedy }) => {
    const mend = remedy ? `\n         ${remedy}` : '';
    const line = `${colours[COLOUR_OF[state]](state.padEnd(7))}  ${what}${mend}\n`;
    process.stdout.write(withRunnableCommands(line, programs));
  });
  // Clients of platforms leave timers behind that would keep the process alive.
  process.exit(isWell ? 0 : 1);
}
