import type { Managed } from '../../../commands/line/command.js';
import type { Asker } from '../../jobs/index.js';
import type { AnswerPlace } from './platform.js';

/** A command that arrived from a chat. */
export interface Asked {
  /** Id of the command, where the adapter has logged something about it already; see `commandId`. */
  id?: string | undefined;
  /** Id of the event, where the platform has one; a repeated event is ignored. */
  event?: string | undefined;
  asker: Asker;
  /** Whether the person may manage the channel; asked only by what depends on it. */
  manager?: ((what?: Managed) => Promise<boolean>) | undefined;
  /** The command line, without `/`, mention or program name. */
  line: string;
  /** The thread it was typed in, if any: options alone then change what the thread is about. */
  thread?: string | undefined;
  place: AnswerPlace;
}

/** Somebody pressed a button below one of our messages. */
export interface Pressed {
  id?: string | undefined;
  event?: string | undefined;
  asker: Asker;
  button: string;
  /** Whether the person may manage the channel, and so cancel other people's work. */
  manager: boolean;
  place: AnswerPlace;
}

/** Somebody reacted to a message, or took that back. */
export interface Reacted {
  /** As in `DailyPost.message`. */
  message: string;
  /** As in `Asker`. */
  person: string;
  /** The platform's name of the emoji. */
  reaction: string;
  added: boolean;
}
