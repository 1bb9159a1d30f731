import type { ReplyPicture } from '../../../commands/line/command.js';
import { shorten } from '../../text/shorten.js';
import {
  type ChatMessage,
  type Notice,
  type NoticeBoard,
  type NoticeControl,
  NoticeError,
} from '../chat/platform.js';
import { BAD_CONTENT, NOT_A_MEMBER } from './destination.js';
import { type SlackContent, slackContents } from './posting/content.js';
import { errorCode, isFateUnknown, neverSent, reason, retryAfter } from './posting/errors.js';
import { findPast, type PastMessage, UnreadableError } from './posting/history.js';
import { idOf } from './posting/poster.js';
import { isShared, sendBytes, share } from './posting/upload.js';
import type { Workspace } from './workspaces/workspace.js';
import type { Workspaces } from './workspaces/workspaces.js';

const ALT_TEXT = 1_000;

/** Where a notice goes. */
interface Spot {
  workspace: Workspace;
  channel: string;
  thread: string | undefined;
}

/**
 * Posts notices in Slack. Slack has no keys for messages, so a message carries its key in its metadata, and a
 * file in its name; to look for them the app must be allowed to read the channel.
 */
export class SlackBoard implements NoticeBoard {
  readonly name = 'Slack';

  constructor(private readonly workspaces: Workspaces) {}

  reaches(channel: string): boolean {
    return channel.startsWith('slack:');
  }

  threadOf(message: string): string {
    const [, , channel, ts] = message.split(':');
    return `slack:${channel}:${ts}`;
  }

  async post(notice: Notice, control: NoticeControl): Promise<string> {
    const spot = await this.spotOf(notice);
    const { shows, channel } = notice;
    if ('picture' in shows)
      return `${channel}:${await this.postPicture(notice, shows.picture, spot, control)}`;
    return `${channel}:${await this.postMessage(notice.key, shows.message, spot, control)}`;
  }

  async find(notice: Notice): Promise<string | undefined> {
    const spot = await this.spotOf(notice);
    const posted = await lookFor(spot, (message) => isOf(message, notice));
    return posted && `${notice.channel}:${posted}`;
  }

  /** A long message is several, each with a key of its own. @returns the first one's ts */
  private async postMessage(
    key: string,
    message: ChatMessage,
    spot: Spot,
    { again, confirm }: NoticeControl,
  ): Promise<string> {
    let first: string | undefined;
    for (const [index, content] of slackContents(message).entries()) {
      const id = pageKey(key, index);
      const earlier = again ? await lookFor(spot, ({ metadata }) => idOf(metadata) === id) : undefined;
      if (earlier === undefined) await confirm();
      const ts = earlier ?? (await orNoticeError(() => posted(spot, content, id), first !== undefined));
      first ??= ts;
    }
    return first!;
  }

  private async postPicture(
    notice: Notice,
    { name, alt, png }: ReplyPicture,
    spot: Spot,
    control: NoticeControl,
  ): Promise<string> {
    const { workspace, channel, thread } = spot;
    if (control.again) {
      const earlier = await lookFor(spot, (message) => isOf(message, notice));
      if (earlier !== undefined) return earlier;
    }
    const { client } = workspace;
    let why = 'it was uploaded but not shown';
    try {
      const { title } = notice;
      const id = await orNoticeError(() =>
        sendBytes(client, { name, title, bytes: png, altText: shorten(alt, ALT_TEXT) }),
      );
      await control.confirm();
      await orNoticeError(() => share(client, { id, title }, channel, thread));
      if (await orNoticeError(() => isShared(client, id, channel))) return id;
    } catch (error) {
      if (!(error instanceof NoticeError && error.fate === 'refused')) throw error;
      why = error.message;
    }
    const text = `The picture is missing: ${why}. In words: ${alt}`;
    return this.postMessage(notice.key, { text }, spot, control);
  }

  private async spotOf({ channel, below }: Notice): Promise<Spot> {
    const [, team = '', id = ''] = channel.split(':');
    const workspace = await this.workspaces.workspaceOf(team);
    if (!workspace) throw new NoticeError('refused', 'the app is not installed in this workspace any more');
    return { workspace, channel: id, thread: below?.split(':')[3] };
  }
}

/** Posts once; where Slack refuses for a reason that has a remedy, nothing was posted and it is tried again. */
async function posted(spot: Spot, content: SlackContent, id: string): Promise<string> {
  const { workspace, channel, thread } = spot;
  const attempt = async (sent: SlackContent) =>
    (await workspace.poster.attempt(channel, thread, sent, id)).ts;
  try {
    return await attempt(content);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (BAD_CONTENT.test(code)) return attempt({ ...content, blocks: [] });
    if (!NOT_A_MEMBER.has(code)) throw error;
    await workspace.client.conversations.join({ channel });
    return attempt(content);
  }
}

/** The ts of a matching message, if there is one. @throws {NoticeError} */
async function lookFor(
  { workspace, channel, thread }: Spot,
  matches: (message: PastMessage) => boolean,
): Promise<string | undefined> {
  try {
    const isOurs = (message: PastMessage) => message.user === workspace.botUser && matches(message);
    return (await findPast(workspace.client, channel, thread, isOurs))?.ts;
  } catch (error) {
    const isUnreadable = error instanceof UnreadableError;
    const why = isUnreadable ? error.message : reason(error);
    if (isUnreadable || fateOf(error) === 'refused')
      throw new NoticeError('hidden', `the channel cannot be read (${why})`);
    throw new NoticeError('unreachable', `Slack cannot be reached (${why})`);
  }
}

function isOf({ metadata, files = [] }: PastMessage, { key, shows }: Notice): boolean {
  if (idOf(metadata) === pageKey(key, 0)) return true;
  return 'picture' in shows && files.some(({ name }) => name === shows.picture.name);
}

function pageKey(key: string, index: number): string {
  return `${key} ${index + 1}`;
}

/**
 * Makes calls; says what became of the notice when one fails.
 *
 * @param begun whether the beginning of the notice stands, so that the next attempt must look for it
 */
async function orNoticeError<T>(call: () => Promise<T>, begun = false): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fate = begun ? 'lost' : fateOf(error);
    throw new NoticeError(fate, `${WORDS[fate]} (${reason(error)})`);
  }
}

const WORDS = {
  unreachable: 'Slack cannot be reached',
  lost: 'Slack did not answer',
  refused: 'Slack refuses it',
};

function fateOf(error: unknown): keyof typeof WORDS {
  if (retryAfter(error) !== undefined || neverSent(error)) return 'unreachable';
  return isFateUnknown(error) ? 'lost' : 'refused';
}
