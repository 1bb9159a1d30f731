import type { RawFile } from 'discord.js';
import type { DiscordApi, Posted } from './api.js';
import { whyNoThread } from './failures.js';
import type { InteractionResponse } from './interactionResponse.js';
import type { MessageBody } from './payload.js';

/** Where messages of an answer can go. An answer has several, the best first. */
export interface Way {
  /** The channel or thread the messages are in. */
  readonly channelId: string | undefined;
  /** Whether it can be tried yet. */
  readonly isOpen: boolean;
  /** Makes what is needed before posting. @throws {DiscordAPIError} */
  prepare(): Promise<void>;
  /** @throws {DiscordAPIError} */
  post(body: MessageBody, files?: RawFile[]): Promise<Posted>;
  /** Said with the next message when this way was refused. */
  whyNot?(error: unknown): string;
  /** Said when better ways were refused. */
  readonly excuse?: string;
}

/** In the thread of a message, which is started when there is something to say. */
export class ThreadWay implements Way {
  private thread: string | undefined;

  constructor(
    private readonly api: DiscordApi,
    private readonly parent: () => Posted | undefined,
    private readonly name: () => string,
  ) {}

  get channelId(): string | undefined {
    // A thread has the id of the message it hangs on.
    return this.thread ?? this.parent()?.id;
  }

  get isOpen(): boolean {
    return this.parent() !== undefined;
  }

  async prepare(): Promise<void> {
    this.thread ??= await this.api.startThread(this.parent()!, this.name());
  }

  post(body: MessageBody, files?: RawFile[]): Promise<Posted> {
    return this.api.createMessage(this.thread!, body, files);
  }

  whyNot = whyNoThread;
}

/** In the channel or thread where somebody asked. */
export class ChannelWay implements Way {
  readonly isOpen = true;

  constructor(
    private readonly api: DiscordApi,
    readonly channelId: string,
  ) {}

  async prepare(): Promise<void> {}

  post(body: MessageBody, files?: RawFile[]): Promise<Posted> {
    return this.api.createMessage(this.channelId, body, files);
  }
}

/** In the same channel, but with the token of the interaction, which needs no permission. */
export class FollowUpWay implements Way {
  readonly isOpen = true;

  constructor(
    private readonly response: InteractionResponse,
    readonly channelId: string,
  ) {}

  async prepare(): Promise<void> {}

  post(body: MessageBody, files: RawFile[] = []): Promise<Posted> {
    return this.response.followUp(body, files);
  }
}

/** To the person who asked, alone. */
export class DirectWay implements Way {
  readonly isOpen = true;
  readonly excuse = 'I may not post where you asked, so the answer is here.';
  channelId: string | undefined;

  constructor(
    private readonly api: DiscordApi,
    private readonly userId: string,
  ) {}

  async prepare(): Promise<void> {
    this.channelId ??= await this.api.directChannel(this.userId);
  }

  post(body: MessageBody, files?: RawFile[]): Promise<Posted> {
    return this.api.createMessage(this.channelId!, body, files);
  }
}
