import { complain } from './slackApiError.js';
import type { Fields } from './types.js';

/** A string argument, '' when absent; numbers in a JSON body are refused as Slack refuses a ts of 1e9. */
export function str(args: Fields, name: string): string {
  const value = args[name];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw complain('invalid_arguments', [`[type mismatch] must be a string [json-pointer:/${name}]`]);
}

/** A flag: form bodies carry "true", "1"; JSON bodies carry booleans. */
export function flag(args: Fields, name: string): boolean {
  const value = args[name];
  return value === true || value === 1 || value === '1' || value === 'true';
}

/** An array or object, which form bodies carry as JSON text; undefined when absent. */
export function structured(args: Fields, name: string, code: string): unknown {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw complain(code, [`must be valid JSON [json-pointer:/${name}]`]);
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of an array that are objects; anything else counts as none. */
export function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}
