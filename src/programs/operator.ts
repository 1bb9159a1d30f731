import { readable } from '../../commands/index.js';
import { toRequest } from '../../commands/line/grammar.js';
import { parseOptions } from '../../commands/line/options.js';
import { coloursFor } from '../adapters/terminal/colours.js';
import { SINCE } from '../adapters/terminal/programs.js';
import { withRunnableCommands } from '../adapters/terminal/shell.js';
import { readStore } from '../configuration/environment.js';
import { readConfiguration } from '../configuration/index.js';
import { InputError } from '../core/index.js';
import { examine } from '../operations/doctor/index.js';
import { type AuditEntry, openStore } from '../store/index.js';

const COLOUR_OF = { ok: 'green', warning: 'yellow', wrong: 'red' } as const;

/**
 * `ghosttree doctor`: looks at all that ghosttree needs, says what to mend, and exits with 1 when something is wrong.
 *
 * @throws {InputError} when it is given arguments
 */
export async function runDoctor(words: readonly string[]): Promise<void> {
  if (words.length > 0) throw new InputError('doctor takes no arguments: it looks at everything.');
  const colours = coloursFor(process.stdout);
  const isWell = await examine(process.env, ({ state, what, remedy }) => {
    const mend = remedy ? `\n         ${remedy}` : '';
    const line = `${colours[COLOUR_OF[state]](state.padEnd(7))}  ${what}${mend}\n`;
    process.stdout.write(withRunnableCommands(line));
  });
  // Clients of platforms leave timers behind that would keep the process alive.
  process.exit(isWell ? 0 : 1);
}

/**
 * `ghosttree audit [since=2026-11-01]`: prints who changed schedules and settings, oldest first.
 *
 * @throws {InputError} when the store cannot be opened, or the day is none
 */
export async function printAudit(words: readonly string[]): Promise<void> {
  const { words: others, values } = toRequest(words);
  if (others.length > 0) throw new InputError('audit takes no words: expected since=2026-11-01, or nothing.');
  const { since } = parseOptions({ values }, [SINCE]);
  const { auditDays } = readConfiguration().settings;
  const store = await openStore(readStore(), { auditDays });
  try {
    for (const entry of await store.audit.since(since ? Date.parse(since) : 0)) {
      process.stdout.write(`${readable(auditLine(entry))}\n`);
    }
  } finally {
    await store.close();
  }
}

function auditLine({ at, person, channel, action, before, after }: AuditEntry): string {
  const change = `${before || '(nothing)'} -> ${after || '(nothing)'}`;
  return `${new Date(at).toISOString()}  ${person}  in ${channel}  ${action}: ${change}`;
}
