import { ApiError } from '../protocol/errors.js';
import { isSnowflake } from '../protocol/snowflake.js';

interface Problem {
  path: (string | number)[];
  code: string;
  message: string;
}

interface Lengths {
  min?: number;
  max?: number;
  required?: boolean;
}

/** Reads a JSON body field by field, collects what is wrong, and refuses all of it at once (50035). */
export class Form {
  readonly fields: Record<string, unknown>;

  private constructor(
    body: unknown,
    private readonly path: (string | number)[],
    private readonly problems: Problem[],
  ) {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    this.fields = isObject ? (body as Record<string, unknown>) : {};
    if (!isObject) this.problem([], 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
  }

  /** The form of a request body. */
  static of(body: unknown): Form {
    return new Form(body ?? {}, [], []);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  problem(at: (string | number)[], code: string, message: string): void {
    this.problems.push({ path: [...this.path, ...at], code, message });
  }

  /** Text of a given length. Null counts as missing, which is how Discord reads it nearly everywhere. */
  string(name: string, { min = 0, max = Number.POSITIVE_INFINITY, required = false }: Lengths = {}) {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') {
      this.problem([name], 'STRING_TYPE_CONVERT', `Could not interpret "${String(value)}" as string.`);
      return undefined;
    }
    // UTF-16 units: Discord counts characters, so this is never too generous.
    if (value.length > max || value.length < min) {
      const bounded = min > 0 && Number.isFinite(max);
      this.problem(
        [name],
        bounded ? 'BASE_TYPE_BAD_LENGTH' : 'BASE_TYPE_MAX_LENGTH',
        bounded ? `Must be between ${min} and ${max} in length.` : `Must be ${max} or fewer in length.`,
      );
    }
    return value;
  }

  integer(name: string, { min = -(2 ** 53), max = 2 ** 53, required = false }: Lengths = {}) {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      this.problem([name], 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
      return undefined;
    }
    if (value > max) {
      this.problem([name], 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    }
    if (value < min) {
      this.problem([name], 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    }
    return value;
  }

  choice<T extends number>(name: string, among: readonly T[], required = false): T | undefined {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    if (among.includes(value as T)) return value as T;
    const names = [...among].sort((a, b) => a - b).join(', ');
    this.problem([name], 'BASE_TYPE_CHOICES', `Value must be one of {${names}}.`);
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.present(name, false);
    if (value === undefined || typeof value === 'boolean') return value;
    this.problem([name], 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
    return undefined;
  }

  snowflake(name: string, required = false): string | undefined {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    const text = String(value);
    if (isSnowflake(text)) return text;
    this.problem([name], 'NUMBER_TYPE_COERCE', `Value "${text}" is not snowflake.`);
    return undefined;
  }

  /** A http(s) address, or one of the other schemes allowed for this field. */
  url(name: string, schemes = ['http:', 'https:'], required = false): string | undefined {
    const value = this.string(name, { max: 2048, required });
    if (value === undefined) return undefined;
    const scheme = /^[a-z]+:/i.exec(value)?.[0].toLowerCase();
    if (scheme === undefined || !URL.canParse(value)) {
      this.problem([name], 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    } else if (!schemes.includes(scheme)) {
      this.problem([name], 'URL_TYPE_INVALID_SCHEME', `"${scheme.slice(0, -1)}" is not a supported scheme.`);
    }
    return value;
  }

  /** Every item of a list, each read as a form. */
  list<T>(name: string, { min = 0, max = 100, required = false }: Lengths, read: (item: Form) => T) {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.problem([name], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return undefined;
    }
    if (value.length > max || value.length < min) {
      const message =
        min > 0 ? `Must be between ${min} and ${max} in length.` : `Must be ${max} or fewer in length.`;
      this.problem([name], min > 0 ? 'BASE_TYPE_BAD_LENGTH' : 'BASE_TYPE_MAX_LENGTH', message);
    }
    return value.map((item, index) => read(new Form(item, [...this.path, name, index], this.problems)));
  }

  /** An object inside this one. */
  child<T>(name: string, read: (child: Form) => T, required = false): T | undefined {
    const value = this.present(name, required);
    if (value === undefined) return undefined;
    return read(new Form(value, [...this.path, name], this.problems));
  }

  /** Throws when anything was wrong. */
  finish(): void {
    if (this.problems.length === 0) return;
    throw new ApiError(400, 50035, 'Invalid Form Body', nest(this.problems));
  }

  private present(name: string, required: boolean): unknown {
    const value = this.fields[name] ?? undefined;
    if (value === undefined && required) {
      this.problem([name], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    return value;
  }
}

interface Nest {
  [key: string]: Nest | { code: string; message: string }[];
}

function nest(problems: Problem[]): object {
  const root: Nest = {};
  for (const { path, code, message } of problems) {
    let level = root;
    for (const key of path) {
      level[key] ??= {};
      level = level[key] as Nest;
    }
    const errors = (level._errors ?? []) as { code: string; message: string }[];
    level._errors = [...errors, { code, message }];
  }
  return root;
}
