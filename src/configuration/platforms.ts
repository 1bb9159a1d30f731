export interface SlackOptions {
  /** SLACK_BOT_TOKEN: xoxb-…, of the one workspace. */
  botToken?: string | undefined;
  /** In place of the token: how the app is installed in any number of workspaces. */
  installing?: SlackInstallOptions | undefined;
  /** SLACK_APP_TOKEN: xapp-…. With it events come over Socket Mode, which needs no public address. */
  appToken?: string | undefined;
  /** SLACK_SIGNING_SECRET, for requests over HTTP where there is no app token. */
  signingSecret?: string | undefined;
  /** PORT that HTTP requests come to. @default 3000 */
  port?: number | undefined;
  /** SLACK_API_URL: another root of the Web API. @default https://slack.com/api/ */
  apiUrl?: string | undefined;
}

/** The app's credentials at Slack, for installing it in any number of workspaces. */
export interface SlackInstallOptions {
  /** SLACK_CLIENT_ID */
  clientId: string;
  /** SLACK_CLIENT_SECRET */
  clientSecret: string;
  /** SLACK_STATE_SECRET: any text that nobody can guess. */
  stateSecret: string;
}

export interface DiscordOptions {
  /** The bot token. It is never shown. */
  token: string;
  /** Root of the API, without the version. @default https://discord.com/api */
  apiUrl?: string | undefined;
  /** The shards of this process, where several processes share the servers. @default as many as Discord recommends */
  shards?: Shards | undefined;
}

/** Some of all shards. A shard gets the events of servers whose `(id >> 22) % count` is its number. */
export interface Shards {
  /** 0 to count - 1. */
  ids: number[];
  /** How many there are in all processes together. */
  count: number;
}
