import {
  type Client,
  Events,
  type MessageReaction,
  type PartialMessageReaction,
  type PartialUser,
  type User,
} from 'discord.js';
import type { Conversations } from '../chat/conversations.js';

/** Hears reactions to messages, and hands them on as votes. */
export class ReactionListener {
  private readonly unfinished = new Set<Promise<void>>();

  constructor(
    private readonly client: Client<true>,
    private readonly conversations: Conversations,
  ) {}

  start(): void {
    this.client.on(Events.MessageReactionAdd, this.onAdd);
    this.client.on(Events.MessageReactionRemove, this.onRemove);
  }

  /** Stops listening; resolves when everything that was received is counted. */
  async stop(): Promise<void> {
    this.client.off(Events.MessageReactionAdd, this.onAdd);
    this.client.off(Events.MessageReactionRemove, this.onRemove);
    await Promise.all(this.unfinished);
  }

  private readonly onAdd = (reaction: MessageReaction | PartialMessageReaction, user: User | PartialUser) =>
    this.count(reaction, user, true);

  private readonly onRemove = (
    reaction: MessageReaction | PartialMessageReaction,
    user: User | PartialUser,
  ) => this.count(reaction, user, false);

  private count(
    { message, emoji }: MessageReaction | PartialMessageReaction,
    { id }: User | PartialUser,
    added: boolean,
  ): void {
    if (id === this.client.user.id) return;
    const counting = this.conversations
      .react({
        message: `discord:${message.channelId}:${message.id}`,
        person: `discord:${id}`,
        // Emoji of servers have an id, the others are their own name.
        reaction: emoji.id ?? emoji.name ?? '',
        added,
      })
      .then(() => void this.unfinished.delete(counting));
    this.unfinished.add(counting);
  }
}
