import { formatCutoff } from '../src/text/numbers.js';
import { type Command, textReply } from './line/command.js';
import { parseOptions } from './line/options.js';

/**
 * `help [command]`: all commands, or how one is used.
 *
 * @param listCommands all of them, `help` among them
 * @param findCommand one of them; throws where there is none of that name
 */
export const helpOf = (listCommands: () => Command[], findCommand: (name: string) => Command): Command => ({
  name: 'help',
  summary: 'this list, or how one command is used',
  usage: 'help [command]',
  examples: ['help feature'],
  options: [],

  plan({ words, values }, { configuration }) {
    parseOptions(values, []);
    const [name] = words;
    const text = name
      ? explain(findCommand(name), configuration.settings.defaults)
      : overview(listCommands());
    const title = name ? `ghosttree ${name}` : 'ghosttree';
    const line = ['help', ...words].join(' ');
    return { title, line, scope: 'private', run: async () => textReply(title, text) };
  },
});

function overview(commands: readonly Command[]): string {
  return [
    'Pictures of what sparse-autoencoder features mean.',
    '',
    ...table(commands.map(({ usage, summary }) => [usage, summary])),
    '',
    'More about one: help feature',
  ].join('\n');
}

function explain(command: Command, configured: Record<string, unknown>): string {
  const defaults: Record<string, unknown> = { ...configured, ...command.defaults };
  const lines = [`${command.summary}`, '', `  ${command.usage}`];
  if (command.options.length > 0) {
    const rows = command.options.map(({ name, range, meaning }) => {
      return [name, range, name in defaults ? `${meaning} (${shown(defaults[name])})` : meaning];
    });
    lines.push('', 'Options (default):', ...table(rows));
  }
  return [...lines, '', 'Examples:', ...command.examples.map((example) => `  ${example}`)].join('\n');
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'number' ? formatCutoff(value) : String(value);
}

/** Rows as aligned columns. */
function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  );
}
