import type { RawFile } from 'discord.js';
import type { Posted } from './api.js';
import { isRefusal } from './failures.js';
import { plain } from './markdown.js';
import { type Attachment, type MessageBody, withAttachment } from './payload.js';
import type { Way } from './ways.js';

/** A file, and what is said instead where it is refused. */
export interface Enclosure {
  attachment: Attachment;
  instead(error: unknown): MessageBody[];
}

/** A message that arrived, with the sentence above it, if any. */
export interface Delivered {
  message: Posted;
  note?: string | undefined;
}

/** Posts by the first of several ways that Discord does not refuse, and says so when it is not the first. */
export class Outlet {
  /** A sentence for the top of the next message. */
  private note: string | undefined;

  constructor(private ways: Way[]) {}

  /** The channel that the next message goes to, as far as that is certain. */
  get channelId(): string | undefined {
    return this.ways.find(({ isOpen, channelId }) => isOpen && channelId !== undefined)?.channelId;
  }

  /** Puts a sentence above the next message. */
  explain(note: string): void {
    this.note = note;
  }

  /**
   * Ways that were refused once are not tried again.
   *
   * @throws {DiscordAPIError} the last way's, when all are refused
   */
  async post(body: MessageBody, enclosure?: Enclosure): Promise<Delivered> {
    let refusal: unknown;
    for (const way of this.ways.filter(({ isOpen }) => isOpen)) {
      try {
        await way.prepare();
        if (refusal) this.note = way.excuse ?? this.note;
        return await this.postBy(way, body, enclosure);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal = error;
        this.note = way.whyNot?.(error) ?? this.note;
        // The last way stays: it may work later.
        if (this.ways.length > 1) this.ways = this.ways.filter((candidate) => candidate !== way);
      }
    }
    throw refusal;
  }

  private async postBy(way: Way, body: MessageBody, enclosure?: Enclosure): Promise<Delivered> {
    if (!enclosure) return this.postNoted(way, body);
    const { attachment, instead } = enclosure;
    try {
      return await this.postNoted(way, withAttachment(body, attachment), [attachment.file]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [first, ...rest] = instead(error) as [MessageBody, ...MessageBody[]];
      const delivered = await this.postNoted(way, first);
      for (const next of rest) await this.postNoted(way, next);
      return delivered;
    }
  }

  private async postNoted(way: Way, body: MessageBody, files?: RawFile[]): Promise<Delivered> {
    const { note } = this;
    const message = await way.post(noted(body, note), files);
    this.note = undefined;
    return { message, note };
  }
}

/** A message with a sentence above it. */
export function noted(body: MessageBody, note: string | undefined): MessageBody {
  return note === undefined ? body : { ...body, content: `${plain(note)}\n${body.content}`.trim() };
}
