import { defaultsFor } from '../src/configuration/derived.js';
import type { Configuration } from '../src/configuration/index.js';
import { formatCutoff } from '../src/text/numbers.js';
import { type Command, type HelpReport, type HelpTopic, type Reply, textReply } from './line/command.js';
import { parseOptions, withinLimits } from './line/options.js';

/**
 * `help [command]`: all commands, or how one is used.
 *
 * @param listCommands all of them, `help` among them
 * @param findCommand finds one by its name; throws when there is none
 */
export const helpOf = (
  listCommands: () => Command[],
  findCommand: (name: string, others?: readonly string[]) => Command,
): Command => ({
  name: 'help',
  summary: 'this list, or how one command is used',
  usage: 'help [command]',
  examples: ['help feature'],
  options: [],

  atOnce({ words, values }, { programs = [], typed = (line) => line }) {
    if (words.length > 0 || values.size > 0) return undefined;
    return textReply('ghosttree', overview(listCommands(), programs, typed));
  },

  plan({ words, values }, { configuration, programs = [], typed = (line) => line }) {
    parseOptions({ values }, []);
    const [name] = words;
    const program = programs.find((topic) => topic.name === name?.toLowerCase());
    const names = programs.map((topic) => topic.name);
    const topic =
      program ?? (name === undefined ? undefined : commandTopic(findCommand(name, names), configuration));
    const title = topic ? `ghosttree ${topic.name}` : 'ghosttree';
    const text = topic ? explain(topic, typed) : overview(listCommands(), programs, typed);
    const topics = topic ? [topic] : listCommands().map((command) => commandTopic(command, configuration));
    const report: HelpReport = {
      schema: 'ghosttree/help@1',
      commands: topics.filter((listed) => listed !== program).map(reported),
      programs: (topic ? topics.filter((listed) => listed === program) : programs).map(reported),
    };
    const reply: Reply = {
      ...textReply(title, text),
      files: [{ name: 'ghosttree-help.json', type: 'application/json', content: report }],
    };
    return { title, line: ['help', ...words].join(' '), scope: 'private', run: async () => reply };
  },
});

/** A command as the operator configured it: with its limits, and its defaults for the default model. */
function commandTopic(command: Command, { settings, models }: Configuration): HelpTopic {
  const { name, asks, options } = command;
  const defaults = new Map<string, unknown>([
    ['model', settings.model],
    ...Object.entries(asks ? defaultsFor(asks, models.get(settings.model)!, settings) : {}),
    ...Object.entries(name === 'daily' ? settings.daily : {}),
  ]);
  return { ...command, options: withinLimits(options, settings.limits), defaults };
}

function overview(
  commands: readonly Command[],
  programs: readonly HelpTopic[],
  typed: (line: string) => string,
): string {
  return [
    'Pictures of what sparse-autoencoder features mean.',
    '',
    ...table(commands.map(({ usage, summary }) => [usage, summary])),
    '',
    `More about one: ${typed('help feature')}`,
    ...(programs.length > 0
      ? ['', 'In a terminal also:', ...table(programs.map(({ name, summary }) => [name, summary]))]
      : []),
  ].join('\n');
}

function explain(topic: HelpTopic, typed: (line: string) => string): string {
  const { summary, usage, about, options, examples, defaults } = topic;
  const lines = [summary, '', `  ${usage}`, ...(about ? ['', about] : [])];
  if (options.length > 0) {
    const rows = options.map(({ name, range, meaning }) => {
      const value = defaults?.get(name);
      return [name, range, value === undefined ? meaning : `${meaning} (${shown(value)})`];
    });
    lines.push('', 'Options (default):', ...table(rows));
  }
  return [...lines, '', 'Examples:', ...examples.map((example) => `  ${typed(example)}`)].join('\n');
}

function reported(topic: HelpTopic): HelpReport['commands'][number] {
  const { name, summary, usage, examples } = topic;
  const options = topic.options.map(({ name: option, meaning, range, choices }) => {
    const value = topic.defaults?.get(option);
    return {
      name: option,
      meaning,
      range,
      ...(choices && { choices }),
      ...(value !== undefined && { default: value }),
    };
  });
  return { name, summary, usage, examples, options };
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
