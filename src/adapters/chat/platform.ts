import type { ReplyFile, ReplyLink, ReplyPicture } from '../../../commands/line/command.js';

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
  /** What another process needs to go on here, where this one was killed; holds no secret. Changes with what is posted. */
  readonly bookmark: string;
  /** Milliseconds that edits of the announcement should be apart while the answer is worked on. */
  readonly editEvery: number;
  /** Posts the message that everybody sees: the start of a new thread, or a line in the thread it came from. */
  announce(message: ChatMessage): Promise<void>;
  /** Changes that message. */
  edit(message: ChatMessage): Promise<void>;
  /**
   * Changes it for the last time, to the whole answer with its picture in it; where the platform cannot show the picture
   * there, it stands in the thread.
   */
  finish(message: ChatMessage, picture: ReplyPicture | undefined): Promise<void>;
  /** Says something in the thread. */
  say(message: ChatMessage): Promise<void>;
  /** Shows a further picture in the thread. */
  picture(picture: ReplyPicture, title: string): Promise<void>;
  /** Hands a file out in the thread. */
  file(file: ReplyFile): Promise<void>;
  /** Tells only the person who asked. */
  whisper(message: ChatMessage): Promise<void>;
}

/**
 * A message that nobody asked for, posted under a key: after a crash it can be looked for instead of being posted
 * again. What it shows may differ between attempts, its key and the ids of its buttons may not.
 */
export interface Notice {
  /** Identifies the notice. */
  key: string;
  /** As in `Asker`. */
  channel: string;
  /** The notice in whose thread it stands, as `NoticeBoard.post` named it; absent: it stands in the channel. */
  below?: string;
  /** Names the thread where threads have names. */
  title: string;
  shows: { message: ChatMessage } | { picture: ReplyPicture };
}

export interface NoticeControl {
  /** Whether an earlier attempt may have posted it, or a part of it: looks for it first. */
  again: boolean;
  /** Asked right before anything is posted; throws when it must not be any more. */
  confirm(): Promise<void>;
}

/** Where a platform takes notices. */
export interface NoticeBoard {
  /** What people call the platform. */
  readonly name: string;
  /** Whether a channel (as in `Asker`) is on this platform. */
  reaches(channel: string): boolean;
  /**
   * Makes one attempt. Where the platform refuses a picture, its words are posted instead.
   *
   * @returns the message, with its channel in front: 'slack:T:C:1700000000.1'
   * @throws {NoticeError}
   */
  post(notice: Notice, control: NoticeControl): Promise<string>;
  /**
   * Looks for what an earlier attempt posted.
   *
   * @returns undefined when it is certain that it does not stand there
   * @throws {NoticeError} when the platform cannot be reached, or does not let us look
   */
  find(notice: Notice): Promise<string | undefined>;
  /** Identity of the thread of a notice, as in `AnswerPlace`. */
  threadOf(message: string): string;
}

/**
 * What became of a notice that was not posted as it should be: the platform *refused* it; it could not be *reached*;
 * its answer was *lost*, so that the notice may stand there or not; or that is to be found out and the platform does
 * not let us *look*.
 */
export type NoticeFate = 'refused' | 'unreachable' | 'lost' | 'hidden';

export class NoticeError extends Error {
  override readonly name = 'NoticeError';
  /** @param message for people: a clause such as "Slack refuses it (is_archived)", without a full stop */
  constructor(
    readonly fate: NoticeFate,
    message: string,
  ) {
    super(message);
  }
}
