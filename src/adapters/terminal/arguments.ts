import { parseArgs } from 'node:util';
import { checkLength, type Word } from '../../../commands/line/grammar.js';
import { suggestion } from '../../../commands/line/options.js';
import { InputError } from '../../core/index.js';

/** A terminal's command line: what concerns the terminal, and the words that are the command's. */
export interface TerminalArguments {
  words: (string | Word)[];
  json: boolean;
  /** Whether what tells how the answer was made is printed, too. */
  details: boolean;
  out: string | undefined;
  help: boolean;
  version: boolean;
}

const FLAGS = {
  json: { type: 'boolean', default: false },
  details: { type: 'boolean', default: false },
  out: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/** A negative number is a word, although it begins like a flag. */
const NEGATIVE = /^-\.?\d/;

/**
 * Reads a command line. What stands behind `--` is text.
 *
 * @throws {InputError} when it is too long to be read, or a flag is unknown or lacks its value
 */
export function parseArguments(args: readonly string[]): TerminalArguments {
  checkLength(...args);
  const { tokens, values } = parseArgs({
    args: [...args],
    options: FLAGS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const names = Object.keys(FLAGS).map((name) => `--${name}`);
  const terminator = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? args.length;
  const words = new Map<number, string | Word>();
  for (const token of tokens) {
    const arg = args[token.index]!;
    if (token.kind === 'positional')
      words.set(token.index, token.index > terminator ? { text: arg, quoted: true } : arg);
    if (token.kind !== 'option') continue;
    if (NEGATIVE.test(arg)) {
      words.set(token.index, arg);
      continue;
    }
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
    words: [...words.values()],
    json: values.json === true,
    details: values.details === true,
    out: typeof values.out === 'string' ? values.out : undefined,
    help: values.help === true,
    version: values.version === true,
  };
}
