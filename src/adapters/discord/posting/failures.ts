import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';
import pRetry from 'p-retry';
import { NOT_CONNECTED } from '../../chat/notConnected.js';

/** After a cut connection; waits of 100, 450 and 2 025 ms between them. */
const ATTEMPTS = { retries: 3, minTimeout: 100, factor: 4.5 };

/**
 * Repeats a request when the connection was cut, which discord.js itself does not do. Only for requests that may
 * safely be carried out twice.
 */
export function insist<T>(request: () => Promise<T>): Promise<T> {
  return pRetry(request, { ...ATTEMPTS, shouldRetry: ({ error }) => wasCut(error) });
}

/** Whether Discord understood and refused: another way may work, and nothing was posted. */
export function isRefusal(error: unknown): error is DiscordAPIError {
  return error instanceof DiscordAPIError && error.status >= 400 && error.status < 500;
}

/** Whether Discord refused with one of these codes. */
export function isCode(error: unknown, ...codes: number[]): boolean {
  return error instanceof DiscordAPIError && codes.includes(Number(error.code));
}

/** Whether an interaction has its first response already: the event, or the request, came twice. */
export function isAcknowledged(error: unknown): boolean {
  return isCode(error, RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged);
}

/** Whether the token of an interaction is of no more use. */
export function isExpired(error: unknown): boolean {
  return isCode(
    error,
    RESTJSONErrorCodes.UnknownInteraction,
    RESTJSONErrorCodes.UnknownWebhook,
    RESTJSONErrorCodes.InvalidWebhookToken,
  );
}

/** Whether the request certainly had no effect because Discord could not be reached. */
export function neverSent(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } };
  return NOT_CONNECTED.has(String(cause?.code));
}

/** What Discord says of a refusal, for people and logs. */
export function whyRefused({ message }: DiscordAPIError): string {
  return message.split('\n')[0]!;
}

/** Why a file was not taken, as the end of a sentence. */
export function whyNoFile(error: unknown): string {
  const { RequestEntityTooLarge, FileUploadedExceedsMaximumSize, MissingPermissions } = RESTJSONErrorCodes;
  if (isCode(error, MissingPermissions)) return 'I lack the permission "Attach Files" here';
  if (isCode(error, RequestEntityTooLarge, FileUploadedExceedsMaximumSize))
    return 'it is too large for Discord';
  return 'Discord refused it';
}

/** Why a thread could not be used, as a sentence. */
export function whyNoThread(error: unknown): string {
  const { MissingPermissions, MissingAccess, UnknownMessage, UnknownChannel } = RESTJSONErrorCodes;
  if (isCode(error, MissingPermissions, MissingAccess)) return NO_THREAD_PERMISSION;
  if (isCode(error, UnknownMessage, UnknownChannel))
    return 'Not in a thread: what it belonged to was deleted.';
  return 'Not in a thread: Discord refused one here.';
}

export const NO_THREAD_PERMISSION =
  'Not in a thread: I lack the permission "Create Public Threads" or "Send Messages in Threads" here.';

function wasCut(error: unknown): boolean {
  const isAnswer =
    error instanceof DiscordAPIError || error instanceof HTTPError || error instanceof RateLimitError;
  // After a time-out discord.js has tried often enough itself.
  return error instanceof Error && !isAnswer && error.name !== 'AbortError';
}
