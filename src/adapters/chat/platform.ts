import type { ReplyFile, ReplyLink, ReplyPicture } from '../../../commands/command.js';

/** A message as all chats can show it. Texts are plain: an adapter escapes what its platform would interpret. */
export interface ChatMessage {
  title?: string;
  text: string;
  /** Lines whose columns matter, shown in a fixed-width face. */
  table?: string;
  /** The only thing in a message that people can follow; its address is ours. */
  link?: ReplyLink;
  buttons?: ChatButton[];
}

export interface ChatButton {
  /** At most 40 characters, for Discord's limit of 100 with room for a prefix. */
  id: string;
  label: string;
  danger?: boolean;
}

/**
 * Where one answer goes, made by an adapter for each command. Every method does its best: what the platform
 * refuses is tried the next best way (join the channel, answer flat, send a direct message, text without the
 * picture). A method throws only when the person cannot be reached at all.
 */
export interface AnswerPlace {
  /** Identity of the thread, certain once something was said in it. */
  readonly thread: string;
  /** Milliseconds that edits of the announcement should be apart. */
  readonly editEvery: number;
  /** Posts the message that everybody sees: the start of a new thread, or a line in the thread it came from. */
  announce(message: ChatMessage): Promise<void>;
  /** Changes that message. */
  edit(message: ChatMessage): Promise<void>;
  /** Says something in the thread. */
  say(message: ChatMessage): Promise<void>;
  /** Shows a picture in the thread. */
  picture(picture: ReplyPicture, title: string): Promise<void>;
  /** Hands a file out in the thread. */
  file(file: ReplyFile): Promise<void>;
  /** Tells only the person who asked. */
  whisper(message: ChatMessage): Promise<void>;
}
