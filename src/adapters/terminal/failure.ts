import type { HelpTopic } from '../../../commands/line/command.js';
import { isDebugging } from '../../configuration/environment.js';
import { CancelledError, InputError, OperatorError } from '../../core/index.js';
import { coloursFor } from './colours.js';
import { EXIT } from './process.js';

/**
 * Prints an error as one line.
 *
 * @param programs what can be typed besides commands
 * @returns the exit code for it
 */
export async function printFailure(
  error: unknown,
  stderr: NodeJS.WriteStream,
  programs: readonly HelpTopic[],
): Promise<number> {
  const text = await textOf(error, programs);
  stderr.write(`${coloursFor(stderr).red('ghosttree:')} ${text}\n`);
  return error instanceof InputError ? EXIT.badInput : EXIT.failed;
}

async function textOf(error: unknown, programs: readonly HelpTopic[]): Promise<string> {
  if (error instanceof InputError) {
    const { withRunnableCommands } = await import('./shell.js');
    return withRunnableCommands(error instanceof OperatorError ? error.toOperator : error.message, programs);
  }
  if (!(error instanceof Error)) return String(error);
  const showsPlace = isDebugging() && !(error instanceof CancelledError);
  return (showsPlace && error.stack) || error.message;
}
