import type { SlackContent } from './content.js';
import { HttpStatusError } from './errors.js';

/** As long as the Web API gets. */
export const TIMEOUT = 30_000;

/**
 * Answers to a `response_url`, so that only the person who asked sees it. Slack takes five answers in 30 minutes.
 *
 * @throws {HttpStatusError} when Slack refuses
 */
export async function respond(url: string, content: SlackContent): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      ...content,
      response_type: 'ephemeral',
      replace_original: false,
      parse: 'none',
      mrkdwn: false,
    }),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (!response.ok) throw httpError(response);
}

export function httpError({ status, headers }: Response): HttpStatusError {
  return new HttpStatusError(status, status === 429 ? Number(headers.get('retry-after')) || 1 : undefined);
}
