import type { ChatInputCommandInteraction, Message } from 'discord.js';
import { isTooLong, quoted } from '../../../../commands/line/grammar.js';
import {
  ADDRESS_OPTIONS,
  FEATURE_COMMAND,
  LINE_COMMAND,
  LINE_OPTION,
  TEXTS_COMMAND,
  VERB_OPTION,
} from './applicationCommands.js';

/** The command line that a slash command stands for; undefined where one without any option opens a form. */
export function lineOfCommand({ commandName, options }: ChatInputCommandInteraction): string | undefined {
  if (commandName === LINE_COMMAND) return options.getString(LINE_OPTION) ?? '';
  const entered = new Map(options.data.map(({ name, value }) => [name, String(value)]));
  const leading = entered.has(VERB_OPTION) ? [VERB_OPTION] : ADDRESS_OPTIONS;
  const words = leading.flatMap((name) => entered.get(name) ?? []);
  const values = [...entered].filter(([name]) => !leading.includes(name));
  if (entered.size > 0) return lineOf(words, values, commandName);
  return [FEATURE_COMMAND, TEXTS_COMMAND].includes(commandName) ? undefined : `help ${commandName}`;
}

/** A command line of words and values. Without words or a text it changes what its thread is about. */
export function lineOf(
  words: string[],
  values: [name: string, value: string][],
  command = FEATURE_COMMAND,
): string {
  const typed = [...words, ...values.map(([, value]) => value)];
  if (isTooLong(...typed)) return typed.join(' ');
  const pairs = values.map(([name, value]) => `${name}=${quoted(value)}`);
  // A text is a question by itself.
  const isQuestion = words.length > 0 || values.some(([name]) => name === 'text');
  return [...(isQuestion ? [command, ...words] : []), ...pairs].join(' ');
}

/** What a message asks the bot: all of it in direct messages, else the text without the mention of the bot. */
export function lineOfMessage(message: Message, botId: string): string | undefined {
  const mention = new RegExp(`<@!?${botId}>`, 'g');
  const isAddressed = message.channel.isDMBased() || mention.test(message.content);
  if (isAddressed && isTooLong(message.content)) return message.content;
  return isAddressed ? message.content.replaceAll(mention, ' ').trim() : undefined;
}
