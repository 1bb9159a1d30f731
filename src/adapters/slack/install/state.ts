import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { InstallURLOptions, StateStore } from '@slack/bolt';

/** As long as Bolt's cookie lives, and as long as the store knows which states were used. */
const LIFETIME_MILLISECONDS = 10 * 60 * 1000;

/** Bolt's code for it: its page then says so with HTTP 400. */
class InvalidStateError extends Error {
  readonly code = 'slack_oauth_invalid_state';
}

/**
 * The `state` that leads a person's browser through Slack and back. Bolt binds it to the browser by a cookie; its
 * own store signs it and lets it expire, but takes it any number of times within ten minutes. This one takes it
 * once, in all processes together.
 */
export class SingleUseStates implements StateStore {
  /**
   * @param secret signs states, so that a state has to be remembered only once it was used
   * @param firstTime whether this is the first time that something comes within ten minutes
   */
  constructor(
    private readonly secret: string,
    private readonly installing: InstallURLOptions,
    private readonly firstTime: (event: string) => Promise<boolean>,
  ) {}

  async generateStateParam(_options: InstallURLOptions, now: Date): Promise<string> {
    const body = `${randomBytes(18).toString('base64url')}.${now.getTime() + LIFETIME_MILLISECONDS}`;
    return `${body}.${this.sign(body)}`;
  }

  /** @throws {InvalidStateError} when it is not ours, too old, or was used before */
  async verifyStateParam(now: Date, state: string): Promise<InstallURLOptions> {
    const [id = '', until = '', signature = ''] = state.split('.');
    const signed = Buffer.from(signature);
    const expected = Buffer.from(this.sign(`${id}.${until}`));
    if (signed.length !== expected.length || !timingSafeEqual(signed, expected)) {
      throw new InvalidStateError('An installation came with a state that is not ours');
    }
    if (Number(until) < now.getTime()) throw new InvalidStateError('An installation took over ten minutes');
    if (!(await this.firstTime(`slack-install:${id}`))) {
      throw new InvalidStateError('An installation came with a state that was used before');
    }
    return this.installing;
  }

  private sign(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }
}
