import { listCommands } from '../../../commands/index.js';
import { CancelledError, InputError } from '../../core/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Log } from '../../operations/index.js';
import { commandId } from './commandId.js';
import type { ChatMeters, Outcome } from './meters.js';

/** What operators learn of one command, from the event to the last reply, under one id. */
export class Account {
  readonly id: string;
  private readonly platform: string;
  private command = 'unknown';
  private hiding: Log;
  private readonly since = performance.now();

  /** @param line what was typed, which no line of the log may hold; except for the name of a command at its start */
  constructor(
    log: Log,
    private readonly meters: ChatMeters,
    asker: Asker,
    line: string,
    id = commandId(),
  ) {
    this.id = id;
    this.platform = asker.person.split(':', 1)[0]!;
    this.hiding = log.with({ id, platform: this.platform });
    this.is(line);
  }

  /** A log whose lines hold the id, and nothing of what was typed. */
  get log(): Log {
    return this.hiding;
  }

  /** Takes the command line as soon as it is known, which for a button is later. */
  is(line: string): void {
    this.hiding = this.hiding.with({}, privateTexts(line));
    const [word = ''] = line.trim().split(/\s/, 1);
    const command = listCommands().find(({ name }) => name === word.toLowerCase());
    if (command) this.command = command.name;
  }

  begin(): void {
    this.log.info('A command came', { command: this.command });
  }

  end(outcome: Outcome): void {
    const milliseconds = Math.round(performance.now() - this.since);
    this.log.info('A command ended', { command: this.command, outcome, milliseconds });
    this.meters.answered(this.command, this.platform, outcome, milliseconds);
  }

  /** Hands a picture or file to the platform. */
  async upload(handing: Promise<void>): Promise<void> {
    const since = performance.now();
    await handing;
    this.meters.uploaded(this.platform, performance.now() - since);
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
