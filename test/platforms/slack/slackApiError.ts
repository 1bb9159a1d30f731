import type { Fields } from './types.js';

/** An answer with `ok: false`; `code` is one of Slack's own. */
export class SlackApiError extends Error {
  constructor(
    readonly code: string,
    readonly details: Fields = {},
  ) {
    super(code);
  }
}

/** Slack's way of saying which argument is wrong: lines in response_metadata. */
export function complain(code: string, complaints: readonly string[]): SlackApiError {
  const messages = complaints.map((line) => `[ERROR] ${line}`);
  return new SlackApiError(code, {
    ...(code === 'invalid_blocks' ? { errors: complaints } : {}),
    response_metadata: { messages },
  });
}
