/** What the platform remembers. Tests read these records; only the platform writes them. */

export interface User {
  readonly id: string;
  readonly username: string;
  readonly bot: boolean;
  /** False: this person closed their direct messages (50007). */
  acceptsDirectMessages: boolean;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
  mentionable: boolean;
}

export interface Member {
  readonly user: User;
  readonly roleIds: Set<string>;
  readonly joinedAt: number;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
}

export interface Overwrite {
  readonly kind: 'role' | 'member';
  allow: bigint;
  deny: bigint;
}

export interface ThreadState {
  readonly parentId: string;
  readonly ownerId: string;
  readonly createdAt: number;
  readonly autoArchiveMinutes: number;
  archived: boolean;
  locked: boolean;
  readonly memberIds: Map<string, number>;
  messageCount: number;
}

export interface Channel {
  readonly id: string;
  /** One of ChannelType. */
  readonly type: number;
  readonly guildId?: string;
  name: string;
  readonly overwrites: Map<string, Overwrite>;
  /** Of a direct message channel: the other person. */
  readonly recipientId?: string;
  readonly thread?: ThreadState;
  lastMessageId?: string;
}

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  /** The alt text. */
  readonly description?: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface AllowedMentions {
  readonly parse?: string[];
  readonly users?: string[];
  readonly roles?: string[];
  readonly repliedUser?: boolean;
}

/** One text a message has had, with what it was allowed to notify. */
export interface Revision {
  readonly content: string;
  readonly allowedMentions?: AllowedMentions;
  readonly at: number;
}

export type JsonObject = Record<string, unknown>;

export interface Component {
  type: number;
  components?: Component[];
  component?: Component;
  custom_id?: string;
  label?: string;
  style?: number;
  url?: string;
  disabled?: boolean;
  options?: { label: string; value: string; default?: boolean }[];
  value?: string;
  required?: boolean;
  min_length?: number;
  max_length?: number;
  min_values?: number;
  max_values?: number;
  [other: string]: unknown;
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly author: User;
  readonly type: number;
  readonly createdAt: number;
  content: string;
  embeds: JsonObject[];
  components: Component[];
  attachments: Attachment[];
  flags: number;
  editedAt?: number;
  deleted: boolean;
  /** Every text so far, the present one last. */
  readonly revisions: Revision[];
  /** Set on ephemeral messages: the only person who sees it. */
  readonly visibleTo?: string;
  readonly replyTo?: string;
  readonly nonce?: string;
  /** '<person> <emoji>'. */
  readonly reactions: Set<string>;
  /** The interaction whose answer this is. */
  readonly interaction?: Interaction;
}

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface Modal {
  readonly title: string;
  readonly customId: string;
  readonly components: Component[];
}

export interface Ack {
  /** One of CallbackType. */
  readonly type: number;
  readonly latencyMs: number;
  readonly ephemeral: boolean;
}

/** A command, click or submission of a person, and everything the bot did with it. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  /** One of InteractionType. */
  readonly type: number;
  readonly user: User;
  readonly channelId: string;
  readonly createdAt: number;
  /** The same by `ownTime`, which an acknowledgement is waited for by. */
  readonly ownCreatedAt: number;
  /** What the gateway sent. */
  readonly payload: JsonObject;
  /** Command name or custom id. */
  readonly name: string;
  /** The message a button or its modal belongs to. */
  readonly sourceMessageId?: string;
  ack?: Ack;
  /** The first answer; rejects when none came within 3 s. */
  readonly acknowledged: Promise<Ack>;
  /** The message made by the first answer, or the one it updates. */
  originalId?: string;
  readonly followupIds: string[];
  modal?: Modal;
  choices?: Choice[];
  tokenExpired: boolean;
}

export interface Command {
  readonly id: string;
  readonly guildId?: string;
  readonly type: number;
  readonly name: string;
  /** Everything the API returns for it. */
  json: JsonObject;
}
