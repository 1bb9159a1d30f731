import { findCommand } from '../../../commands/index.js';
import type { HelpTopic } from '../../../commands/line/command.js';
import { toRequest } from '../../../commands/line/grammar.js';
import { InputError } from '../../core/index.js';
import type { TerminalArguments } from './arguments.js';
import { readOut } from './output.js';
import { EXIT, type TerminalProcess } from './process.js';
import { shellLine, withRunnableCommands } from './shell.js';
import { show } from './show.js';

/**
 * Answers a command line.
 *
 * @param programs what can be typed besides commands
 * @returns exit code
 * @throws {InputError | CancelledError | Error}
 */
export async function answer(
  args: TerminalArguments,
  terminal: TerminalProcess,
  programs: readonly HelpTopic[],
): Promise<number> {
  const [first = 'help', ...words] = args.help ? ['help', ...args.words.slice(0, 1)] : args.words;
  const name = typeof first === 'string' ? first : first.text;
  const command = findCommand(
    name,
    programs.map((program) => program.name),
  );
  const request = toRequest(words);
  const out = args.out === undefined ? undefined : readOut(args.out, terminal.stdout);
  const { json, details } = args;
  if (out?.path === '-' && json)
    throw new InputError('Standard output takes one of both: leave --json out, or name a file with --out.');

  const wantsText = !json && (out === undefined || out.format === 'text');
  const listed = wantsText ? command.atOnce?.(request, { programs, typed: shellLine }) : undefined;
  if (!listed) {
    const { ask } = await import('./ask.js');
    return ask(command, request, { json, details, out }, terminal, programs);
  }
  const shown = { ...listed, text: withRunnableCommands(listed.text, programs) };
  return (await show(shown, { json: false, details, out }, terminal, programs)) ? EXIT.done : EXIT.failed;
}
