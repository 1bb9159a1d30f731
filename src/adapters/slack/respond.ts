import type { SlackContent } from './content.js';
import { HttpStatusError } from './slackErrors.js';

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
  if (response.ok) return;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new HttpStatusError(response.status, response.status === 429 ? seconds || 1 : undefined);
}
