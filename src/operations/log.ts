import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogSettings } from '../configuration/operating.js';
import { shorten } from '../text/shorten.js';
import { type ErrorFields, errorFields } from './errorFields.js';
import { Redactor } from './redactor.js';

/** The fields that a line may have: nothing that people typed, and no names of people. */
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

/** Characters that steer a terminal, end a line for some readers, or turn the reading direction; not the line feed. */
const STEERING = /[\x00-\x09\x0B-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

export type LogFields = Partial<Record<(typeof FIELDS)[number], string | number | boolean | undefined>>;

/** Where the program writes what an operator should know. No secrets, no message contents. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** A fault that a person was or could not be told about. */
  fault(message: string, error: unknown, fields?: LogFields): void;
  /**
   * A log whose lines all have these fields.
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
    const errorPart = error === undefined ? {} : { error: errorFields(error, this.redactor, this.debug) };
    this.logger.error({ ...this.allowed(fields), ...errorPart }, this.redactor.text(message));
  }

  with(fields: LogFields, hidden: readonly string[] = []): Log {
    const redactor = hidden.length > 0 ? this.redactor.hiding(hidden) : this.redactor;
    return new PinoLog(this.logger.child(this.allowed(fields)), redactor, this.debug);
  }

  /** Only the fields of the list, whatever else an object has. */
  private allowed(fields: LogFields): LogFields {
    const allowed: LogFields = {};
    for (const name of FIELDS) {
      const value = fields[name];
      if (typeof value === 'string') allowed[name] = shorten(this.redactor.text(value), LONGEST_VALUE);
      else if (typeof value === 'number' || typeof value === 'boolean') allowed[name] = value;
    }
    return allowed;
  }
}

/** A text with such characters escaped as in JSON, so that a stranger's text does nothing where a log is read. */
function escaped(text: string): string {
  return text.replaceAll(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A line of the log for people at a terminal: `09:30:01 An answer failed: fetch failed (id=3f9a2c1b7d)`. */
function readableLine(json: string): string {
  const { level, time, message, error, pid, hostname, ...fields } = JSON.parse(json) as {
    level: string;
    time: string;
    message: string;
    error?: ErrorFields;
  } & Record<string, unknown>;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const details = pairs.length > 0 ? ` (${pairs.join(' ')})` : '';
  const frames = error?.stack ? error.stack.replaceAll(/^/gm, '\n    ') : '';
  // One line, whatever a stranger's answer put into it.
  const sentence = `${message}${error ? reason(error) : ''}${details}`.replaceAll(/\p{Cc}+/gu, ' ');
  return `${clock} ${sentence}${frames}\n`;
}

function reason({ name, message, code }: ErrorFields): string {
  const isComplete = code === undefined || message.includes(String(code));
  return `: ${message || name}${isComplete ? '' : ` [${code}]`}`;
}
