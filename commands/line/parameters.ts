import {
  type OptionsOf,
  optionsOf,
  type ParameterCommand,
  type ParameterName,
  type ParameterValues,
  parameterNamed,
} from '../../src/core/index.js';
import { type Option, ruledOption } from './options.js';

/** The parameters that a command takes, as its options. */
export function parameterOptions<Command extends ParameterCommand>(
  command: Command,
): ParameterOption<OptionsOf<Command>>[] {
  return optionsOf(command).map((name) => parameterOption(name, command));
}

type ParameterOption<Name extends ParameterName> = {
  [Each in Name]: Option<ParameterValues[Each], Each>;
}[Name];

/** A parameter as an option of a command, for which it may mean something else. */
function parameterOption<Name extends ParameterName>(name: Name, command: ParameterCommand) {
  const row = parameterNamed(name);
  const meaning = row.variants?.[command]?.meaning ?? row.meaning;
  return ruledOption(name, meaning, row) as unknown as ParameterOption<Name>;
}
