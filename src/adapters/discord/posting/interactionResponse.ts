import { MessageFlags, type RawFile } from 'discord.js';
import type { DiscordApi, InteractionKey, Posted } from './api.js';
import { isExpired, isRefusal } from './failures.js';
import { type MessageBody, messageBody } from './payload.js';

/** Discord waits three seconds for a first response, but people expect one within a second. */
const DEFER_AFTER_MILLISECONDS = 800;
/** A token works for 15 minutes; a request under way should still arrive. */
const TOKEN_MILLISECONDS = 14.5 * 60 * 1000;

/** What the first response promised: a message for all, one for the person, only that it was heard, or nothing. */
type First = 'public' | 'private' | 'heard' | 'failed';

/**
 * The response to one interaction. Who may see the first message is decided with it and cannot be changed, so it
 * waits for the answer that decides: `reply` or `whisper`. When neither comes soon, it is promised privately,
 * because a public answer can still follow a private one, and an error must not be seen by all.
 */
export class InteractionResponse {
  private readonly since = Date.now();
  private first: Promise<First> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private expired = false;
  /** A private answer was promised and not given yet. */
  private owesAnswer = false;

  constructor(
    private readonly api: DiscordApi,
    readonly interaction: InteractionKey,
    /** Called with the milliseconds that Discord waited for its first response. */
    private readonly onAcknowledged: (milliseconds: number) => void = () => {},
  ) {}

  /** Promises a private answer if nothing else is said in time. */
  deferInTime(): void {
    this.timer = setTimeout(() => void this.defer(), DEFER_AFTER_MILLISECONDS);
  }

  /** Promises a private answer now. */
  async defer(): Promise<void> {
    await this.begin('private', async () => {
      this.owesAnswer = true;
      await this.api.deferPrivately(this.interaction);
    });
  }

  /** For buttons: acknowledges the press. */
  async hear(): Promise<void> {
    await this.begin('heard', () => this.api.deferUpdate(this.interaction));
  }

  /** Promises nothing any more: no answer would follow, and people would see the promise wait for ever. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Whether the token can still post and edit. */
  async works(): Promise<boolean> {
    const isYoung = Date.now() - this.since < TOKEN_MILLISECONDS;
    return isYoung && !this.expired && this.first !== undefined && (await this.first) !== 'failed';
  }

  /** Answers with a message for everybody, if the first response is still to be given. */
  async reply(body: MessageBody): Promise<Posted | undefined> {
    if (this.first) return undefined;
    let message: Posted | undefined;
    await this.begin('public', async () => {
      message = await this.api.respond(this.interaction, body);
    });
    return message;
  }

  /** Tells only the person. @returns false when the token does not work any more */
  async whisper(body: MessageBody): Promise<boolean> {
    const secret = { ...body, flags: body.flags | MessageFlags.Ephemeral };
    if (!this.first) {
      return (await this.begin('private', () => this.api.respond(this.interaction, secret))) !== 'failed';
    }
    if (!(await this.works())) return false;
    if (await this.settle(body)) return true;
    return (await this.withToken(() => this.api.followUp(this.interaction, secret))) !== undefined;
  }

  /** Gives the private answer that was promised. @returns false when none was, or it came too late */
  async settle(body: MessageBody): Promise<boolean> {
    await this.first;
    if (!this.owesAnswer) return false;
    this.owesAnswer = false;
    const { token } = this.interaction;
    const edited = await this.withToken(async () => {
      await this.api.editWithToken(token, '@original', body);
      return true;
    });
    return edited ?? false;
  }

  /** Posts for everybody in the channel of the interaction. @throws {DiscordAPIError} */
  async followUp(body: MessageBody, files: RawFile[]): Promise<Posted> {
    // The first follow-up would otherwise become the private answer.
    await this.settle(messageBody({ content: 'The answer is below.', buttons: [] }));
    return this.api.followUp(this.interaction, body, files);
  }

  private begin(kind: Exclude<First, 'failed'>, respond: () => Promise<unknown>): Promise<First> {
    this.stop();
    this.first ??= respond().then(
      () => {
        this.onAcknowledged(Date.now() - this.since);
        return kind;
      },
      () => 'failed',
    );
    return this.first;
  }

  private async withToken<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.expired ||= isExpired(error);
      return undefined;
    }
  }
}
