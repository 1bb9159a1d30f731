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
import { lineOfSentence, namesFeature } from './line/address.js';
import type { Command, CommandContext, Plan } from './line/command.js';
import { splitWords, toRequest } from './line/grammar.js';
import { shortened, suggestion } from './line/options.js';
import { models } from './models.js';
import { near } from './near/index.js';
import { planIn } from './planIn.js';
import { settings } from './settings.js';
import { sweep } from './sweep/index.js';

// For adapters that print untrusted text as it is: it makes what people typed and models wrote visible.
export { readable } from '../src/text/readable.js';
export { preparedWords } from './parts/preparedWords.js';
export { pictureSvg } from './parts/svg.js';
export { stageText } from './stages.js';

const help = helpOf(listCommands, findCommand);

/** Loads what draws pictures while a model computes; a failure is reported when something is drawn. */
export async function preparePictures(): Promise<void> {
  const { loadCanvas } = await import('../renderers/canvas/fonts.js');
  await loadCanvas().catch(() => {});
}

/** All commands, in the order of the help text. */
export function listCommands(): Command[] {
  return [feature, explain, activate, sweep, compare, kind, near, dream, daily, settings, models, help];
}

/** Commands that chats offer as slash commands, besides `/feature` with its form. */
export function slashCommands(): Command[] {
  return listCommands().filter(({ slash }) => slash);
}

/**
 * @param otherNames words besides commands that can be typed in that place, to suggest when the name is unknown
 * @throws {InputError} when there is no command of that name
 */
export function findCommand(name: string, otherNames: readonly string[] = []): Command {
  const commands = listCommands();
  const command = commands.find((candidate) => candidate.name === name.toLowerCase());
  if (command) return command;
  const names = [...commands.map((candidate) => candidate.name), ...otherNames];
  throw new InputError(
    `There is no command "${shortened(name)}".${suggestion(name, names)} Commands: ${names.join(', ')}.`,
  );
}

/**
 * Plans a command line from a chat: `feature 10 777`, just `10 777`, or a sentence that names one or two features.
 *
 * @param before the line that a thread is about: options alone (`scale=5 weights=decoder`) then change it
 * @param place option settings of the place where the line was typed; lines that ghosttree wrote name every option
 * @throws {InputError} when the person who typed it can fix it
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
  const asked = named || namesFeature(typed.words) ? undefined : lineOfSentence(line);
  if (asked !== undefined) return planLine(asked, context, undefined, place);
  // Numbers and addresses can only mean a feature.
  if (!named && (/\d/.test(first) || typed.values.size > 0 || first.toLowerCase() === 'random')) {
    return planIn(feature, typed, context, place);
  }
  return planIn(findCommand(first), toRequest(rest), context, place);
}
