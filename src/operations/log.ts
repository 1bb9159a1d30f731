import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogSettings } from '../configuration/operating.js';
import { errorFields } from './errorFields.js';
import { escaped } from './escapes.js';
import { readableLine } from './readableLine.js';
import { Redactor } from './redactor.js';

/** All that a line may say besides its sentence. Nothing that people typed, and no names of people. */
const FIELDS = [
  'id',
  'platform',
  'command',
  'kind',
  'model',
  'outcome',
  'channel',
  'day',
  'job',
  'worker',
  'count',
  'milliseconds',
  'port',
  'child',
  'signal',
] as const;

export type LogFields = Partial<Record<(typeof FIELDS)[number], string | number | boolean | undefined>>;

/** Where the program writes what an operator should know. No secrets, no message contents. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** A fault that a person was or could not be told about. */
  fault(message: string, error: unknown, fields?: LogFields): void;
  /**
   * One whose lines all say this.
   *
   * @param hidden texts that none of its lines may hold, such as the command line that is being answered
   */
  with(fields: LogFields, hidden?: readonly string[]): Log;
}

const LONGEST_VALUE = 100;

/** @param write takes one line with its end; default: standard error, at once, so that a crash loses none */
export function createLog(settings: LogSettings, write?: (line: string) => void): Log {
  const out = write ? { write } : destination({ dest: 2, sync: true });
  const format = settings.format === 'json' ? (line: string) => line : readableLine;
  const stream = { write: (line: string) => void out.write(escaped(format(line))) };
  const logger = pino(
    {
      level: settings.level,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
  return new PinoLog(logger, new Redactor(settings.secrets), settings.debug);
}

class PinoLog implements Log {
  constructor(
    private readonly logger: Logger,
    private readonly redactor: Redactor,
    private readonly debug: boolean,
  ) {}

  info(message: string, fields: LogFields = {}): void {
    this.logger.info(this.allowed(fields), this.redactor.text(message));
  }

  fault(message: string, error: unknown, fields: LogFields = {}): void {
    const said = error === undefined ? {} : { error: errorFields(error, this.redactor, this.debug) };
    this.logger.error({ ...this.allowed(fields), ...said }, this.redactor.text(message));
  }

  with(fields: LogFields, hidden: readonly string[] = []): Log {
    const redactor = hidden.length > 0 ? this.redactor.hiding(hidden) : this.redactor;
    return new PinoLog(this.logger.child(this.allowed(fields)), redactor, this.debug);
  }

  /** The fields of the list, whatever else an object brings along. */
  private allowed(fields: LogFields): LogFields {
    const allowed: LogFields = {};
    for (const name of FIELDS) {
      const value = fields[name];
      if (typeof value === 'string') allowed[name] = this.redactor.text(value).slice(0, LONGEST_VALUE);
      else if (typeof value === 'number' || typeof value === 'boolean') allowed[name] = value;
    }
    return allowed;
  }
}
