import type { Settings } from '../src/configuration/index.js';
import { budgetUpTo } from './dream/index.js';
import { nodesWithin } from './feature/index.js';
import type { Command } from './line/command.js';
import type { Option } from './line/options.js';

/** The options of a command as the operator limits them: help and forms say what is really accepted. */
export function limitedOptions({ options }: Pick<Command, 'options'>, { limits }: Settings): Option[] {
  const limited = new Map<string, Option>(
    [nodesWithin(limits.nodes), budgetUpTo(limits.dreamTokens)].map((option) => [option.name, option]),
  );
  return options.map((option) => limited.get(option.name) ?? option);
}
