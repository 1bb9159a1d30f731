import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterOwnTime } from '../../../support/ownTime.js';
import { SlackApiError } from '../slackApiError.js';
import type { Fields, RequestLogEntry } from '../types.js';
import type { Faults } from './faults.js';

/** One HTTP request of the app, under the name faults and the log know it by. */
export interface Exchange {
  name: string;
  /** Id of the workspace that the caller's token is for. */
  team?: string;
  args: Fields;
  request: IncomingMessage;
  response: ServerResponse;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  retryAfter?: number;
  /** Sent as JSON, or as it is when it is text. */
  body: Fields | string;
}

/** Lets a request have its effect and its answer, with whatever fault was planned in between, and logs it. */
export async function perform(
  exchange: Exchange,
  faults: Faults,
  log: RequestLogEntry[],
  effect: () => Answer,
): Promise<void> {
  const { name, args, request, response, team } = exchange;
  const entry: RequestLogEntry = {
    at: Date.now(),
    method: name,
    ...(team ? { team } : {}),
    args,
    status: 0,
    error: null,
    performed: false,
  };
  log.push(entry);
  const { delay, fault } = faults.take(name);
  if (delay > 0) await new Promise<void>((resolve) => afterOwnTime(delay, resolve));
  if (fault?.kind === 'drop' && fault.when === 'before') {
    entry.error = 'connection dropped before the effect';
    request.socket.destroy();
    return;
  }
  const answer = planned(fault) ?? attempt(effect, entry);
  entry.status = answer.status;
  if (typeof answer.body !== 'string' && typeof answer.body.error === 'string')
    entry.error = answer.body.error;
  if (fault?.kind === 'drop') {
    entry.error = 'connection dropped after the effect';
    request.socket.destroy();
    return;
  }
  send(response, answer);
}

function planned(fault: ReturnType<Faults['take']>['fault']): Answer | null {
  switch (fault?.kind) {
    case 'rateLimit':
      return { status: 429, retryAfter: fault.retryAfter, body: { ok: false, error: 'ratelimited' } };
    case 'status':
      return { status: fault.status, body: 'upstream error' };
    case 'error':
      return { status: 200, body: { ok: false, error: fault.code } };
    default:
      return null;
  }
}

function attempt(effect: () => Answer, entry: RequestLogEntry): Answer {
  try {
    const answer = effect();
    entry.performed = answer.status < 300;
    return answer;
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    return { status: 200, body: { ok: false, error: error.code, ...error.details } };
  }
}

function send(response: ServerResponse, answer: Answer): void {
  const json = typeof answer.body !== 'string';
  response.writeHead(answer.status, {
    'content-type': json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8',
    ...(answer.retryAfter ? { 'retry-after': String(answer.retryAfter) } : {}),
    ...answer.headers,
  });
  response.end(json ? JSON.stringify(answer.body) : answer.body);
}
