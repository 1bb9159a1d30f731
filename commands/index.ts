import { InputError } from '../src/core/index.js';
import type { RoomSettings } from '../src/store/index.js';
import { activate } from './activate/index.js';
import { compare } from './compare/index.js';
import { daily } from './daily/index.js';
import { dream } from './dream/index.js';
import { explain } from './explain/index.js';
import { feature } from './feature/index.js';
import { helpOf } from './help.js';
import { kind } from './kind/index.js';
import type { Command, CommandContext, Plan } from './line/command.js';
import { splitWords, toRequest } from './line/grammar.js';
import { shortened, suggestion } from './line/options.js';
import { models } from './models.js';
import { planIn } from './planIn.js';
import { settings } from './settings.js';
import { sweep } from './sweep/index.js';

// What people typed and models said, made visible: adapters that print it as it is need it.
export { readable } from '../src/text/readable.js';
export { preparedWords } from './parts/preparedWords.js';
export { stageText } from './stages.js';

const help = helpOf(listCommands, findCommand);

/** Loads what draws pictures, while a model computes. What fails is told by whoever draws. */
export async function preparePictures(): Promise<void> {
  const { loadCanvas } = await import('../renderers/canvas/fonts.js');
  await loadCanvas().catch(() => {});
}

/** All commands, in the order of the help text. */
export function listCommands(): Command[] {
  return [feature, explain, activate, sweep, compare, kind, dream, daily, settings, models, help];
}

/** Commands that chats offer as slash commands, besides `/feature` with its form. */
export function slashCommands(): Command[] {
  return listCommands().filter(({ slash }) => slash);
}

/**
 * @param others words that mean something where the name was typed, though they are no commands
 * @throws {InputError} when there is no command of that name
 */
export function findCommand(name: string, others: readonly string[] = []): Command {
  const commands = listCommands();
  const command = commands.find((candidate) => candidate.name === name.toLowerCase());
  if (command) return command;
  const names = [...commands.map((candidate) => candidate.name), ...others];
  throw new InputError(
    `There is no command "${shortened(name)}".${suggestion(name, names)} Commands: ${names.join(', ')}.`,
  );
}

/**
 * Plans a command line from a chat: `feature 10 777`, or just `10 777`.
 *
 * @param before the line that a thread is about: options alone (`scale=5 weights=decoder`) then change it
 * @param place what options are worth where the line was typed; lines of ours say all that they mean
 * @throws {InputError} what the person who typed it can mend
 */
export function planLine(
  line: string,
  context: CommandContext,
  before?: string,
  place: RoomSettings = new Map(),
): Plan {
  const [word, ...rest] = splitWords(line);
  const first = word?.text ?? 'help';
  const typed = toRequest([word ?? first, ...rest]);
  if (typed.words.length === 0 && before !== undefined) {
    const [name, ...words] = splitWords(before);
    const request = toRequest(words);
    for (const [key, value] of typed.values) request.values.set(key, value);
    return findCommand(name!.text).plan(request, context);
  }
  const named = listCommands().some(({ name }) => name === first.toLowerCase());
  // Numbers and addresses can only mean a feature.
  if (!named && (/\d/.test(first) || typed.values.size > 0 || first.toLowerCase() === 'random')) {
    return planIn(feature, typed, context, place);
  }
  return planIn(findCommand(first), toRequest(rest), context, place);
}
