import { InputError } from '../src/core/index.js';
import type { Command } from './command.js';
import { feature } from './feature.js';
import { help } from './help.js';
import { models } from './models.js';
import { shortened, suggestion } from './options.js';

/** All commands, in the order of the help text. */
export function listCommands(): Command[] {
  return [feature, models, help];
}

/** @throws {InputError} when there is no command of that name */
export function findCommand(name: string): Command {
  const commands = listCommands();
  const command = commands.find((candidate) => candidate.name === name.toLowerCase());
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  throw new InputError(
    `There is no command "${shortened(name)}".${suggestion(name, names)} Commands: ${names.join(', ')}.`,
  );
}
