/** A JSON object whose fields are checked where they are read. */
export type Fields = Record<string, unknown>;

export interface User {
  id: string;
  name: string;
  isBot: boolean;
  isAdmin: boolean;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  members: Set<string>;
  /** The channel's first manager. */
  creator: string;
  archived: boolean;
  /** In the order of posting, replies included. */
  messages: Message[];
}

/** Slack's message object, with the channel it stands in and how its text was asked to be read. */
export interface Message {
  type: 'message';
  subtype?: string;
  channel: string;
  ts: string;
  user: string;
  bot_id?: string;
  app_id?: string;
  text: string;
  blocks?: Fields[];
  thread_ts?: string;
  files?: Fields[];
  edited?: { user: string; ts: string };
  metadata?: Fields;
  /** One for each person and emoji. */
  reactions?: { user: string; name: string }[];
  /** Set when the client, not only the markup, turns names and addresses into mentions and links. */
  parse?: string;
  link_names?: boolean;
}

/** A message only one person sees; it cannot be read back, edited or replied to. */
export interface Ephemeral extends Message {
  visibleTo: string;
}

export interface UploadedFile {
  id: string;
  name: string;
  title: string;
  /** Bytes announced in the first of the three steps. */
  length: number;
  altText: string | null;
  bytes: Buffer | null;
  state: 'reserved' | 'uploaded' | 'complete';
  /** When Slack has found out what it is, by Date.now(); until then no message shows it. */
  typedAt: number;
  /** Where it can be seen; empty for a file that was completed without a channel. */
  shares: { channel: string; ts: string; threadTs: string | null }[];
}

export interface View {
  id: string;
  hash: string;
  user: string;
  open: boolean;
  /** What the app sent. */
  view: Fields;
  /** block_id -> complaint, from the last submission. */
  errors: Record<string, string>;
}

export interface ResponseUrl {
  id: string;
  user: string;
  channel: string;
  /** The message whose button was pressed. */
  origin: Message | Ephemeral | null;
  createdAt: number;
  uses: number;
}

/** One call of the Web API, an upload or a response_url; tokens are left out. */
export interface RequestLogEntry {
  at: number;
  method: string;
  /** Id of the workspace whose token it came with; absent where none is needed. */
  team?: string;
  args: Fields;
  status: number;
  /** Slack's error code, or null. */
  error: string | null;
  /** False when the effect was withheld, e.g. by an injected fault. */
  performed: boolean;
}
