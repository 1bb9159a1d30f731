import type { ReplyFile, ReplyPicture } from '../../commands/line/command.js';
import type { Conversations } from '../../src/adapters/chat/conversations.js';
import type { AnswerPlace, ChatMessage } from '../../src/adapters/chat/platform.js';

/**
 * A worked example of CONTRIBUTING.md, "A chat platform": the smallest chat there is, a room in which everybody sees
 * every line, without threads and buttons. What a platform lacks is done the next best way.
 */
export interface Room {
  readonly name: string;
  /** Shows a line to everybody, or to one person. @returns what names it, to change it later */
  post(text: string, to?: string): number;
  change(line: number, text: string): void;
  upload(name: string, content: Buffer): void;
}

/** Where one answer goes in a room. */
class RoomPlace implements AnswerPlace {
  /** A room takes any number of changes; people read one in two seconds. */
  readonly editEvery = 2_000;
  private announced: number | undefined;

  constructor(
    private readonly room: Room,
    private readonly person: string,
  ) {}

  /** There is one thread: the room. */
  get thread(): string {
    return `room:${this.room.name}`;
  }

  get bookmark(): string {
    return JSON.stringify({ room: this.room.name, person: this.person, announced: this.announced });
  }

  async announce(message: ChatMessage): Promise<void> {
    this.announced = this.room.post(textOf(message));
  }

  async edit(message: ChatMessage): Promise<void> {
    if (this.announced === undefined) await this.announce(message);
    else this.room.change(this.announced, textOf(message));
  }

  async finish(message: ChatMessage, picture: ReplyPicture | undefined): Promise<void> {
    await this.edit(message);
    if (picture) await this.picture(picture);
  }

  async say(message: ChatMessage): Promise<void> {
    this.room.post(textOf(message));
  }

  async picture({ name, alt, png }: ReplyPicture): Promise<void> {
    this.room.upload(name, png);
    this.room.post(alt);
  }

  async file({ name, content }: ReplyFile): Promise<void> {
    this.room.upload(name, Buffer.from(JSON.stringify(content)));
  }

  async whisper(message: ChatMessage): Promise<void> {
    this.room.post(textOf(message), this.person);
  }
}

/** Hears a room: what begins with `!` is a command. Decides nothing else; `Conversations` does. */
export class RoomAdapter {
  constructor(
    private readonly conversations: Conversations,
    private readonly room: Room,
  ) {}

  /** @param event names the message, so that one which the platform delivers twice is answered once */
  async hear(person: string, text: string, event: string): Promise<void> {
    if (!text.startsWith('!')) return;
    const place = new RoomPlace(this.room, person);
    const asker = { person: `room:${person}`, channel: place.thread };
    await this.conversations.ask({ event, asker, line: text.slice(1), place });
  }
}

/** Without markup: a room shows every character as it is. */
function textOf({ title, text, table, link }: ChatMessage): string {
  return [title, text, table, link && `${link.label}: ${link.url}`].filter(Boolean).join('\n');
}
