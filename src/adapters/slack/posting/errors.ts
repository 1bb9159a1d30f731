import { webApi } from '@slack/bolt';
import { InputError } from '../../../core/index.js';
import { NOT_CONNECTED } from '../../chat/notConnected.js';

/** Failures inside Slack, after which, it says, part of the work may have been done. */
const SLACK_FAILED = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable']);

/** The token is no good any more, or lacks a scope: nothing the person who asked could mend. */
const UNAUTHORISED = new Set([
  'access_denied',
  'account_inactive',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'token_expired',
  'token_revoked',
]);

/** An answer other than 200 of a `response_url` or an address for uploads. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  constructor(
    readonly status: number,
    /** Seconds to wait, of a 429. */
    readonly retryAfter: number | undefined,
  ) {
    super(`HTTP ${status}`);
  }
}

/** Slack's code for a refusal, such as `not_in_channel`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
}

/** Seconds that Slack asks to wait, when it is a rate limit. */
export function retryAfter(error: unknown): number | undefined {
  if (error instanceof webApi.WebAPIRateLimitedError) return error.retryAfter;
  if (error instanceof HttpStatusError) return error.retryAfter;
  // Some methods say it in a body of HTTP 200, without a time.
  return ['ratelimited', 'rate_limited'].includes(errorCode(error) ?? '') ? 5 : undefined;
}

/** Whether the call certainly had no effect because Slack could not be reached. */
export function neverSent(error: unknown): boolean {
  return NOT_CONNECTED.has(connectionCode(error) ?? '');
}

/** Whether the answer was lost: the call may or may not have had its effect. */
export function isFateUnknown(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return SLACK_FAILED.has(code);
  if (error instanceof webApi.WebAPIHTTPError) return error.statusCode >= 500;
  if (error instanceof HttpStatusError) return error.status >= 500;
  return retryAfter(error) === undefined && !neverSent(error);
}

export function isUnauthorised(error: unknown): boolean {
  return UNAUTHORISED.has(errorCode(error) ?? '');
}

/** What went wrong, in a few words for people and logs. Never the request: its headers hold the token. */
export function reason(error: unknown): string {
  if (error instanceof InputError) return error.message;
  if (error instanceof webApi.WebAPIPlatformError) {
    // `needed` names the scope of a missing_scope.
    const { error: code, needed } = error.data as { error: string; needed?: unknown };
    return typeof needed === 'string' ? `${code}: ${needed}` : code;
  }
  if (error instanceof webApi.WebAPIHTTPError) return `HTTP ${error.statusCode}`;
  if (error instanceof webApi.WebAPIRateLimitedError) return 'rate limit';
  if (error instanceof HttpStatusError) return error.message;
  return connectionCode(error) ?? 'connection lost';
}

function connectionCode(error: unknown): string | undefined {
  const original = error instanceof webApi.WebAPIRequestError ? error.original : error;
  const { cause } = original instanceof Error ? original : {};
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
