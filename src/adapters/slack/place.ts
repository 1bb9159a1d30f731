import type { ReplyFile, ReplyPicture } from '../../../commands/line/command.js';
import type { Newest } from '../../async/newest.js';
import { shorten } from '../../text/shorten.js';
import type { AnswerPlace, ChatMessage } from '../chat/platform.js';
import { BAD_CONTENT, Destination, type Spot } from './destination.js';
import { type SlackContent, type SlackImage, slackContents } from './posting/content.js';
import { errorCode, isFateUnknown, isUnauthorised, reason } from './posting/errors.js';
import { cautiously, patiently } from './posting/patience.js';
import { LostAnswerError } from './posting/poster.js';
import { progressEdits } from './posting/progress.js';
import { respond } from './posting/respond.js';
import { type SlackFile, upload } from './posting/upload.js';
import type { Origin, Workspace } from './workspaces/workspace.js';
import type { Workspaces } from './workspaces/workspaces.js';

/** Often enough to be seen to move; progress.ts keeps all answers together within Slack's limit. */
const EDIT_EVERY = 1_500;
/** Characters of a file's alternative text. */
const ALT_TEXT = 1_000;

/** A place, written down for another process. */
interface SlackBookmark {
  origin: Origin;
  standing: Standing;
}

/** The part of an answer that is in Slack already. */
export interface Standing extends Spot {
  announcement?: string | undefined;
}

/** One answer in Slack. */
export class SlackPlace implements AnswerPlace {
  readonly editEvery = EDIT_EVERY;
  private readonly destination: Destination;
  /** ts of the announcement, as long as it can be changed. */
  private announcement: string | undefined;
  private readonly progress: Newest<SlackContent>;

  constructor(
    private readonly workspace: Workspace,
    private readonly origin: Origin,
    standing?: Standing,
  ) {
    this.announcement = standing?.announcement;
    this.destination = new Destination(workspace, origin, standing);
    this.progress = progressEdits(workspace.pace, (content) => this.change(content));
  }

  get thread(): string {
    return `slack:${this.destination.channel}:${this.destination.root ?? ''}`;
  }

  get bookmark(): string {
    // The address for private answers is a secret, and short-lived.
    const { responseUrl, ...origin } = this.origin;
    const { channel, root } = this.destination;
    const standing: Standing = { channel, root, announcement: this.announcement };
    return JSON.stringify({ slack: { origin, standing } satisfies SlackBookmark });
  }

  async announce(message: ChatMessage): Promise<void> {
    this.announcement = await this.post(slackContents(this.noted(message))[0]!);
  }

  async edit(message: ChatMessage): Promise<void> {
    const [first, ...rest] = slackContents(this.noted(message));
    // With buttons it is progress: the next edit will do as well.
    if (message.buttons?.length) return this.progress.push(first!);
    await this.progress.stop();
    if (!(await this.update(first!))) this.announcement = await this.post(first!);
    for (const content of rest) await this.post(content);
  }

  /**
   * A picture goes into the thread, which is what shares it; only then can the announcement show it. An announcement that
   * is itself in the thread does not: the picture stands right below it.
   */
  async finish(message: ChatMessage, picture: ReplyPicture | undefined): Promise<void> {
    const { buttons = [], ...text } = this.noted(message);
    await this.progress.stop();
    const file = picture && (await this.cardOf(picture, message.title ?? picture.name));
    const isRoot = this.announcement !== undefined && this.announcement === this.destination.root;
    const [first, ...rest] = slackContents({ ...text, buttons }, isRoot ? file : undefined);
    if (!(await this.update(first!, slackContents({ ...text, buttons })[0]!))) {
      this.announcement = await this.post(slackContents({ ...text, buttons })[0]!);
    }
    for (const content of rest) await this.post(content);
  }

  async say(message: ChatMessage): Promise<void> {
    for (const content of slackContents(message)) await this.post(content);
  }

  async picture({ name, alt, png }: ReplyPicture, title: string): Promise<void> {
    await this.cardOf({ name, alt, png }, title);
  }

  /** Puts a picture into the thread. @returns what an image block shows; undefined where Slack does not show the file */
  private async cardOf({ name, alt, png }: ReplyPicture, title: string): Promise<SlackImage | undefined> {
    const altText = shorten(alt, ALT_TEXT);
    const uploaded = await this.upload({ name, title, bytes: png, altText });
    if ('id' in uploaded) return { id: uploaded.id, altText };
    const { problem } = uploaded;
    await this.say({ text: `Slack did not take the picture (${problem}). In words: ${alt}` });
    return undefined;
  }

  async file({ name, content }: ReplyFile): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(content, undefined, 2));
    const uploaded = await this.upload({ name, title: name, bytes });
    if ('problem' in uploaded)
      await this.whisper({ text: `Slack did not take the file ${name} (${uploaded.problem}).` });
  }

  async whisper(message: ChatMessage): Promise<void> {
    const thread = this.origin.pressed === 'root' ? this.destination.root : undefined;
    for (const content of slackContents(message, undefined, thread)) await this.whisperOne(content);
  }

  /** The next best way follows only where Slack refused: what may have arrived is not sent twice. */
  private async whisperOne(content: SlackContent): Promise<void> {
    const { channel, user, thread, responseUrl, direct } = this.origin;
    const ephemeral = () =>
      this.workspace.client.chat.postEphemeral({
        channel,
        user,
        ...(thread ? { thread_ts: thread } : {}),
        ...content,
        parse: 'none',
      });
    const toResponseUrl = responseUrl ? [() => respond(responseUrl, content)] : [];
    // An answer to a response_url is in the channel, not in the thread.
    // What a thread begins with is looked at from the channel, where nobody sees what is whispered in the thread.
    const isThere = thread !== undefined && this.origin.pressed !== 'root';
    const privately = isThere ? [ephemeral, ...toResponseUrl] : [...toResponseUrl, ephemeral];
    const ways: (() => Promise<unknown>)[] = direct
      ? [() => this.post(content)]
      : [...privately, () => this.destination.postDirectly(content)];
    let lastError: unknown;
    for (const way of ways) {
      try {
        await cautiously(way);
        return;
      } catch (error) {
        lastError = error;
        if (isFateUnknown(error) || error instanceof LostAnswerError) break;
      }
    }
    throw new Error(`A private answer could not be delivered (${reason(lastError)}).`);
  }

  /** @returns the new message's ts; undefined when its answer was lost, so that it may stand there or not */
  private async post(content: SlackContent): Promise<string | undefined> {
    try {
      return await this.destination.post(content);
    } catch (error) {
      if (!(error instanceof LostAnswerError)) throw error;
      this.workspace.log.fault('A message to Slack may be missing', error);
      return undefined;
    }
  }

  /**
   * @param instead where Slack refuses the content itself, as it does an image that it has not looked at yet
   * @returns whether the announcement now shows the content
   */
  private async update(content: SlackContent, instead?: SlackContent): Promise<boolean> {
    const ts = this.announcement;
    if (ts === undefined) return false;
    try {
      await patiently(() => this.change(content));
      return true;
    } catch (error) {
      if (instead && BAD_CONTENT.test(errorCode(error) ?? '')) return this.update(instead);
      if (isUnauthorised(error)) throw this.destination.refusal(error);
      if (errorCode(error) === undefined) {
        // The edit may have arrived, and the thread will hold the same.
        this.workspace.log.fault('A message in Slack may be out of date', error);
        return true;
      }
      // Deleted, or too old for this workspace's rules: posted again, as the start of a new thread.
      this.announcement = undefined;
      this.destination.leaveThread(ts);
      return false;
    }
  }

  private async change(content: SlackContent): Promise<void> {
    const { announcement: ts, workspace, destination } = this;
    if (ts === undefined) return;
    await workspace.client.chat.update({ channel: destination.channel, ts, ...content, parse: 'none' });
  }

  /** @returns the file's id, or why it cannot be seen */
  private async upload(file: SlackFile): Promise<{ id: string } | { problem: string }> {
    const { channel, root } = this.destination;
    try {
      const { id, isShown } = await upload(this.workspace.client, file, channel, root);
      return isShown ? { id } : { problem: 'it was uploaded but not shown' };
    } catch (error) {
      return { problem: reason(error) };
    }
  }

  private noted(message: ChatMessage): ChatMessage {
    const { note } = this.destination;
    return note ? { ...message, text: `${message.text}\n${note}` } : message;
  }
}

/** The place of a bookmark; undefined when that is not of Slack, or the app is not installed there any more. */
export async function placeAt(bookmark: string, workspaces: Workspaces): Promise<SlackPlace | undefined> {
  const { slack } = JSON.parse(bookmark) as { slack?: SlackBookmark };
  const workspace = slack && (await workspaces.workspaceOf(slack.origin.team));
  return workspace && new SlackPlace(workspace, slack.origin, slack.standing);
}
