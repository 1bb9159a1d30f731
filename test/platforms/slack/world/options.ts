/** What a test may set about the pretended workspace; times in milliseconds. */
export interface PretendedSlack {
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** Of the app, for installing it by OAuth. */
  clientId: string;
  clientSecret: string;
  /** Where people come back to from Slack; the first of the app's redirect URLs. */
  redirectUrl: string;
  /** Whether tokens got by OAuth expire, and are renewed by a refresh token. */
  tokenRotation: boolean;
  /** Scopes of the bot token. */
  scopes: readonly string[];
  /** Events the app is subscribed to. */
  subscriptions: readonly string[];
  /** Slack gives an app 3 s to acknowledge; a command unanswered by then fails in front of its user. */
  ackTimeout: number;
  /** A trigger_id opens a modal for 3 s. */
  triggerLifetime: number;
  /** Waits before the three repetitions of an unacknowledged event: at once, a minute, five minutes. */
  eventRetryDelays: readonly number[];
  responseUrlLifetime: number;
  responseUrlUses: number;
  /** Slack shares an uploaded file by a job of its own, so its message may come later than the answer. */
  fileSharing: number;
  /** After that it finds out the file's type; an image block with it is refused before. */
  fileTyping: number;
  /** Between the server's websocket pings. */
  pingInterval: number;
  /** Slack's limits per method and channel; off by default because tests post faster than people. */
  rateLimits: boolean;
  /**
   * A reply to a message that is gone: Slack posts it into the channel without a word, only the answer's
   * message lacks thread_ts (slack-go issue 1571, July 2026). Older reports name the error.
   */
  lostThread: 'unthread' | 'thread_not_found';
}

export const DEFAULTS: PretendedSlack = {
  botToken: 'xoxb-test-bot-token',
  appToken: 'xapp-1-test-app-token',
  signingSecret: 'test-signing-secret',
  clientId: '1234567890.0987654321',
  clientSecret: 'test-client-secret',
  redirectUrl: '',
  tokenRotation: false,
  scopes: [
    'app_mentions:read',
    'channels:join',
    'channels:read',
    'chat:write',
    'commands',
    'files:read',
    'files:write',
    'groups:read',
    'im:history',
    'im:read',
    'im:write',
    'users:read',
  ],
  subscriptions: [
    'app_mention',
    'app_uninstalled',
    'message.im',
    'reaction_added',
    'reaction_removed',
    'tokens_revoked',
  ],
  ackTimeout: 3_000,
  triggerLifetime: 3_000,
  eventRetryDelays: [0, 60_000, 300_000],
  responseUrlLifetime: 30 * 60_000,
  responseUrlUses: 5,
  fileSharing: 0,
  fileTyping: 0,
  pingInterval: 10_000,
  rateLimits: false,
  lostThread: 'unthread',
};
