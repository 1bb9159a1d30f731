import { randomUUID } from 'node:crypto';
import type { webApi } from '@slack/bolt';
import type { SlackContent } from './content.js';
import { isFateUnknown } from './errors.js';
import { Patience, patiently, Turns } from './patience.js';

/** Marks our messages, so that one whose answer was lost can be found again. */
const EVENT_TYPE = 'ghosttree_message';
/** How far back to look, in seconds; Slack's clock may differ from ours. */
const LOOK_BACK = 300;
const LOOK_AT = 100;

export interface Posted {
  channel: string;
  ts: string;
  /** Absent when it stands in no thread, also when that was asked for but the thread is gone. */
  thread: string | undefined;
}

/** A message whose answer was lost, and that could not be looked for: it may stand in the channel or not. */
export class LostAnswerError extends Error {
  override readonly name = 'LostAnswerError';
}

/** Posts messages, each exactly once. */
export class Poster {
  private readonly turns = new Turns();

  constructor(private readonly client: webApi.WebClient) {}

  /**
   * @param thread ts of the thread's first message
   * @throws {LostAnswerError} when it is not known whether the message was posted; it must not be posted again
   * @throws {webApi.WebAPIPlatformError} what Slack refused
   */
  post(channel: string, thread: string | undefined, content: SlackContent): Promise<Posted> {
    return this.turns.take(channel, () => this.postOnce(channel, thread, content));
  }

  /**
   * One attempt, for callers that look for the message (`idOf`) before trying again.
   *
   * @param id tells the message from all others
   * @throws what Slack refused, or what leaves its fate unknown
   */
  attempt(channel: string, thread: string | undefined, content: SlackContent, id: string): Promise<Posted> {
    return this.turns.take(channel, () => this.send(channel, thread, content, id));
  }

  private async postOnce(
    channel: string,
    thread: string | undefined,
    content: SlackContent,
  ): Promise<Posted> {
    const id = randomUUID();
    const patience = new Patience();
    for (;;) {
      try {
        return await this.send(channel, thread, content, id);
      } catch (error) {
        await patience.wait(error);
        // chat.postMessage knows no idempotency key, so look before posting again.
        const posted = isFateUnknown(error) ? await this.find(channel, thread, id) : undefined;
        if (posted) return { channel, ts: posted, thread };
      }
    }
  }

  /** @throws what Slack refused, or what leaves its fate unknown */
  private async send(
    channel: string,
    thread: string | undefined,
    content: SlackContent,
    id: string,
  ): Promise<Posted> {
    const answer = await this.client.chat.postMessage({
      channel,
      ...(thread ? { thread_ts: thread } : {}),
      ...content,
      // Nothing in it is markup, and no address may become a link.
      parse: 'none',
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: EVENT_TYPE, event_payload: { id } },
    });
    return { channel: answer.channel ?? channel, ts: answer.ts!, thread: answer.message?.thread_ts };
  }

  /** The ts of the message with this id, if it was posted. */
  private async find(channel: string, thread: string | undefined, id: string): Promise<string | undefined> {
    const oldest = String(Date.now() / 1000 - LOOK_BACK);
    const range = { channel, oldest, limit: LOOK_AT, include_all_metadata: true };
    const { conversations } = this.client;
    try {
      const { messages = [] } = await patiently(() =>
        thread ? conversations.replies({ ...range, ts: thread }) : conversations.history(range),
      );
      return messages.find(({ metadata }) => idOf(metadata) === id)?.ts;
    } catch {
      throw new LostAnswerError('Slack did not answer, and the channel could not be read');
    }
  }
}

/** The id under which we posted a message, from its metadata. */
export function idOf(metadata: unknown): unknown {
  const { event_type, event_payload } = (metadata ?? {}) as {
    event_type?: string;
    event_payload?: { id?: unknown };
  };
  return event_type === EVENT_TYPE ? event_payload?.id : undefined;
}
