import { InputError } from '../../core/index.js';
import type { SlackContent } from './posting/content.js';
import { errorCode, isUnauthorised, reason } from './posting/errors.js';
import { patiently } from './posting/patience.js';
import type { Origin, Workspace } from './workspaces/workspace.js';

/** Slack does not show us the channel, or we have not joined it yet. */
export const NOT_A_MEMBER = new Set(['not_in_channel', 'channel_not_found']);
const THREAD_GONE = new Set(['thread_not_found', 'cannot_reply_to_message', 'message_not_found']);
/** The message itself is refused; its text without blocks will be taken. */
export const BAD_CONTENT = /^(invalid_blocks|msg_blocks_too_long|block|attachment)/;

type Remedy = 'join' | 'leaveThread' | 'moveToDirect' | 'textOnly';

/** Where messages go. */
export interface Spot {
  channel: string;
  /** ts of the thread's first message. */
  root?: string | undefined;
}

/** Where the messages of one answer go. When Slack refuses, they go the next best way, and stay there. */
export class Destination {
  channel: string;
  /** ts of the thread's first message; absent until the first message is posted. */
  root: string | undefined;
  /** Why the answer is not where it was asked for. */
  note: string | undefined;

  constructor(
    private readonly workspace: Workspace,
    private readonly origin: Origin,
    { channel, root }: Spot = { channel: origin.channel, root: origin.thread },
  ) {
    this.channel = channel;
    this.root = root;
  }

  /**
   * Posts into the thread, or starts it.
   *
   * @returns the message's ts
   * @throws {InputError} when there is no way to post
   * @throws {LostAnswerError} when it is not known whether it was posted
   */
  async post(content: SlackContent): Promise<string> {
    const tried = new Set<Remedy>();
    let sent = content;
    for (;;) {
      try {
        const { channel, ts, thread } = await this.workspace.poster.post(this.channel, this.root, sent);
        this.channel = channel;
        // Where the first message is gone, Slack posts outside of the thread without an error.
        this.root = this.root === undefined ? ts : (thread ?? ts);
        return ts;
      } catch (error) {
        const remedy = this.remedyFor(error, tried);
        if (remedy === undefined) throw this.refusal(error);
        tried.add(remedy);
        if (remedy === 'join') await this.join();
        else if (remedy === 'leaveThread') this.root = undefined;
        else if (remedy === 'textOnly') sent = { ...content, blocks: [] };
        else await this.moveToDirect(error);
      }
    }
  }

  /** Posts to the person who asked, whatever happens elsewhere. */
  async postDirectly(content: SlackContent): Promise<void> {
    await this.workspace.poster.post(await this.directChannel(), undefined, content);
  }

  /** Starts a new thread with the next message, if `ts` was the start of this one. */
  leaveThread(ts: string): void {
    if (this.root === ts) this.root = undefined;
  }

  /** What the person who asked is told when nothing helped. */
  refusal(error: unknown): unknown {
    if (isUnauthorised(error)) {
      return new InputError(
        `Slack does not let me answer (${reason(error)}): the app has to be installed again.`,
      );
    }
    if (errorCode(error) === undefined) return error;
    return new InputError(
      `I cannot post here (${reason(error)}): please type /invite @${this.workspace.botName} and ask again.`,
    );
  }

  private remedyFor(error: unknown, tried: ReadonlySet<Remedy>): Remedy | undefined {
    const code = errorCode(error);
    if (code === undefined || isUnauthorised(error)) return undefined;
    const remedies: Remedy[] = [];
    if (THREAD_GONE.has(code)) remedies.push('leaveThread');
    else if (BAD_CONTENT.test(code)) remedies.push('textOnly');
    else if (NOT_A_MEMBER.has(code)) remedies.push('join');
    if (!this.origin.direct) remedies.push('moveToDirect');
    return remedies.find((remedy) => !tried.has(remedy));
  }

  /** A failure shows when the message is posted again. */
  private async join(): Promise<void> {
    const { client } = this.workspace;
    await patiently(() => client.conversations.join({ channel: this.channel })).catch(() => {});
  }

  private async moveToDirect(error: unknown): Promise<void> {
    const { botName } = this.workspace;
    this.note = `I cannot post where you asked (${reason(error)}). For answers there: /invite @${botName}`;
    this.channel = await this.directChannel();
    this.root = undefined;
  }

  /** The person's direct messages with us; without the scope im:write the person's id mostly works in their place. */
  private async directChannel(): Promise<string> {
    const { user } = this.origin;
    const { client } = this.workspace;
    try {
      const { channel } = await patiently(() => client.conversations.open({ users: user }));
      return channel?.id ?? user;
    } catch {
      return user;
    }
  }
}
