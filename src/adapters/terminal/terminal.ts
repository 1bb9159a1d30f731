import type { HelpTopic } from '../../../commands/line/command.js';
import { version } from '../../files/version.js';
import { parseArguments } from './arguments.js';
import { printFailure } from './failure.js';
import { EXIT, type TerminalProcess } from './process.js';

/**
 * Runs one command line and prints its reply. Each step loads what it needs: `--version` comes without the commands,
 * a list of them without what answers questions.
 *
 * @param programs what can be typed besides commands, for help
 * @returns exit code: 0 done, 1 failure, 2 bad input
 */
export async function runTerminal(
  args: readonly string[],
  terminal: TerminalProcess,
  programs: readonly HelpTopic[],
): Promise<number> {
  try {
    const line = parseArguments(args);
    if (line.version) {
      terminal.stdout.write(`${version()}\n`);
      return EXIT.done;
    }
    const { answer } = await import('./answer.js');
    return await answer(line, terminal, programs);
  } catch (error) {
    return printFailure(error, terminal.stderr, programs);
  }
}
