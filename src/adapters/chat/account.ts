import { listCommands } from '../../../commands/index.js';
import { CancelledError, InputError } from '../../core/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Log } from '../../operations/index.js';
import { commandId } from './commandId.js';

/** How a command ended; `refused`: the person who asked can mend it. */
export type Outcome = 'answered' | 'refused' | 'cancelled' | 'failed';

/** What operators learn of one command, from the event to the last reply, under one id. */
export class Account {
  readonly id: string;
  /** Whose lines hold the id, and nothing of what was typed. */
  readonly log: Log;
  private readonly platform: string;
  private command = 'unknown';
  private readonly since = performance.now();

  /** @param line what was typed, which no line of the log may hold; a name of a command at its start may be told */
  constructor(log: Log, asker: Asker, line: string, id = commandId()) {
    this.id = id;
    this.platform = asker.person.split(':', 1)[0]!;
    this.log = log.with({ id, platform: this.platform }, privateTexts(line));
    this.is(line);
  }

  /** Tells which command it is, as soon as that is known. */
  is(line: string): void {
    const [word = ''] = line.trim().split(/\s/, 1);
    const known = listCommands().find(({ name }) => name === word.toLowerCase());
    if (known) this.command = known.name;
  }

  begin(): void {
    this.log.info('A command came', { command: this.command });
  }

  end(outcome: Outcome): void {
    const milliseconds = Math.round(performance.now() - this.since);
    this.log.info('A command ended', { command: this.command, outcome, milliseconds });
  }
}

export function outcomeOf(error: unknown): Outcome {
  if (error instanceof InputError) return 'refused';
  return error instanceof CancelledError ? 'cancelled' : 'failed';
}

/** The line itself, and the texts in it. */
function privateTexts(line: string): string[] {
  return [line, ...line.split(/["'“”‘’]/)].map((text) => text.trim()).filter((text) => /\s/.test(text));
}
