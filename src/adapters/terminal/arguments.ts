import { parseArgs } from 'node:util';
import { checkLength } from '../../../commands/line/grammar.js';
import { suggestion } from '../../../commands/line/options.js';
import { InputError } from '../../core/index.js';

/** A terminal's command line: what concerns the terminal, and the words that are the command's. */
export interface TerminalArguments {
  words: string[];
  json: boolean;
  out: string | undefined;
  help: boolean;
  version: boolean;
}

const FLAGS = {
  json: { type: 'boolean', default: false },
  out: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/** @throws {InputError} when they are too long to be read, or a flag is unknown or lacks its value */
export function parseArguments(args: readonly string[]): TerminalArguments {
  checkLength(...args);
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const names = Object.keys(FLAGS).map((name) => `--${name}`);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(FLAGS, token.name)) {
      throw new InputError(
        `There is no flag ${token.rawName}.${suggestion(token.rawName, names)} Flags: ${names.join(', ')}.`,
      );
    }
    if (token.name === 'out' && !token.value)
      throw new InputError('--out needs a file name, as in: --out tree.png');
    if (token.name !== 'out' && token.value !== undefined)
      throw new InputError(`${token.rawName} takes no value.`);
  }
  return {
    words: positionals,
    json: values.json === true,
    out: typeof values.out === 'string' ? values.out : undefined,
    help: values.help === true,
    version: values.version === true,
  };
}
