import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../core/index.js';

/**
 * Reads and validates a file of the configuration.
 *
 * @throws {InputError} names the file and the field, when it is missing, not YAML or says something it must not
 */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new InputError(
      `${file} cannot be read: set GHOSTTREE_CONFIG to a folder that holds it, or unset it.`,
    );
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new InputError(`${file} is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(`${file}: ${issue?.path.join('.') || 'content'}: ${issue?.message}.`);
}
