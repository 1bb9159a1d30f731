import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth } from './methods/auth.js';
import { chat } from './methods/chat.js';
import { conversations } from './methods/conversations.js';
import { files } from './methods/files.js';
import { history } from './methods/history.js';
import { views } from './methods/views.js';
import { People, type Reacting, type Sending } from './people/people.js';
import type { Ack, Signature } from './transport/delivery.js';
import { Dispatch } from './transport/dispatch.js';
import { Faults } from './transport/faults.js';
import { HttpMode } from './transport/httpMode.js';
import { receiveResponse } from './transport/responseUrls.js';
import { SocketMode } from './transport/socketMode.js';
import { receiveUpload } from './transport/uploads.js';
import { WebApi } from './transport/webApi.js';
import type { Channel, Ephemeral, Message, RequestLogEntry, UploadedFile, User, View } from './types.js';
import { OAuth } from './world/oauth.js';
import { DEFAULTS, type PretendedSlack } from './world/options.js';
import type { Workspace } from './world/workspace.js';
import { Workspaces } from './world/workspaces.js';

/** A message at the top of a channel with the replies in its thread. */
export type Thread = Message & { replies: Message[] };

/**
 * Slack on loopback, for tests: a workspace with one app installed, and others that may install it by OAuth,
 * speaking the Web API, Socket Mode and signed HTTP, and strict where Slack is strict. Names are Slack's.
 */
export class SlackServer {
  /** Where the app is installed from the start. */
  readonly workspace: Workspace;
  readonly workspaces: Workspaces;
  readonly oauth: OAuth;
  readonly faults = new Faults();
  readonly socketMode: SocketMode;
  /** Every call of the app, in order of arrival. */
  readonly requests: RequestLogEntry[] = [];
  private readonly http: Server;
  private readonly dispatch: Dispatch;
  private readonly people = new Map<Workspace, People>();
  private api!: WebApi;
  private origin = '';

  constructor(options: Partial<PretendedSlack> = {}) {
    this.workspaces = new Workspaces({ ...DEFAULTS, ...options });
    this.workspace = this.workspaces.first;
    this.oauth = new OAuth(this.workspaces);
    this.socketMode = new SocketMode(this.workspace);
    this.dispatch = new Dispatch(this.workspace, this.socketMode);
    this.http = createServer((request, response) => {
      this.route(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(`the Slack server failed: ${error}`);
      });
    });
    this.http.on('upgrade', (request, socket, head) => this.socketMode.upgrade(request, socket, head));
  }

  /** Listens on a free port of 127.0.0.1. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    const methods = {
      ...auth(
        () => this.socketMode.address(this.origin),
        (workspace) => this.uninstall(workspace),
      ),
      ...this.oauth.methods,
      ...chat,
      ...conversations,
      ...files((id) => `${this.origin}/upload/v1/${id}`, this.faults.files),
      ...history,
      ...views,
    };
    this.api = new WebApi(this.workspaces, methods, this.faults, this.requests);
    return this;
  }

  async stop(): Promise<void> {
    this.dispatch.stop();
    await this.socketMode.stop();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** The API root, what Bolt calls slackApiUrl. */
  get url(): string {
    return `${this.origin}/api/`;
  }

  /** From now on everything goes to this request URL; without a call it goes over Socket Mode. */
  deliverTo(requestUrl: string): HttpMode {
    const mode = new HttpMode(this.workspace, requestUrl);
    this.dispatch.transport = mode;
    return mode;
  }

  /** Another workspace, where the app is not installed yet. */
  addWorkspace(domain: string): Workspace {
    return this.workspaces.add(domain);
  }

  /** Takes the app out of a workspace, and tells it so. */
  async uninstall(workspace: Workspace): Promise<void> {
    const { botToken, app } = workspace;
    if (!botToken) return;
    workspace.botToken = undefined;
    workspace.revokedTokens.add(botToken);
    workspace.responseUrls.clear();
    const people = this.peopleOf(workspace);
    await people.hear({ type: 'app_uninstalled' });
    await people.hear({ type: 'tokens_revoked', tokens: { oauth: [], bot: [app.botUser] } });
  }

  addUser(name: string, { isAdmin = false, workspace = this.workspace } = {}): User {
    const user = { id: workspace.id('U'), name, isBot: false, isAdmin };
    workspace.users.set(user.id, user);
    return user;
  }

  /** A channel with these people, made by the first of them; the bot is in it unless `withBot` is false. */
  addChannel(
    name: string,
    members: readonly User[],
    {
      kind = 'public',
      withBot = true,
      workspace = this.workspace,
    }: { kind?: 'public' | 'private'; withBot?: boolean; workspace?: Workspace } = {},
  ): Channel {
    const ids = members.map((user) => user.id);
    if (withBot) ids.push(workspace.app.botUser);
    const id = workspace.id('C');
    const creator = ids[0] ?? workspace.app.botUser;
    const channel: Channel = {
      id,
      name,
      kind,
      members: new Set(ids),
      creator,
      archived: false,
      messages: [],
    };
    workspace.channels.set(id, channel);
    return channel;
  }

  /** The direct conversation of this person with the bot. */
  directMessages(user: User): Channel {
    return this.homeOf(user.id).directChannel(user.id);
  }

  typeCommand(
    options: { user: string; channel: string; command: string; text: string; thread?: string } & Sending,
  ): Promise<Ack | null> {
    return this.peopleFor(options.user).typeCommand(options);
  }

  /** Writes any message, `<@${bot}>` included. */
  say(options: { user: string; channel: string; text: string; thread?: string } & Sending) {
    return this.peopleFor(options.user).say(options);
  }

  /** Writes a message that begins with a mention of the bot. */
  mention(options: { user: string; channel: string; text: string; thread?: string } & Sending) {
    const { botUser } = this.homeOf(options.user).app;
    return this.peopleFor(options.user).say({ ...options, text: `<@${botUser}> ${options.text}` });
  }

  clickButton(options: { user: string; messageTs: string; actionId: string } & Sending): Promise<Ack> {
    return this.peopleFor(options.user).clickButton(options);
  }

  react(options: Reacting): Promise<Ack | null> {
    return this.peopleFor(options.user).react(options);
  }

  openShortcut(options: { user: string; messageTs: string; callbackId: string } & Sending): Promise<Ack> {
    return this.peopleFor(options.user).openShortcut(options);
  }

  submitView(options: Parameters<People['submitView']>[0]): Promise<Ack> {
    return this.peopleFor(options.user).submitView(options);
  }

  closeView(options: { user: string; viewId?: string }): Promise<Ack | null> {
    return this.peopleFor(options.user).closeView(options);
  }

  /** Sends the challenge of the app's settings page; HTTP mode only. */
  verifyRequestUrl(signature: Signature = 'valid') {
    if (!(this.dispatch.transport instanceof HttpMode)) throw new Error('call deliverTo first');
    return this.dispatch.transport.verify(signature);
  }

  /** Top-level messages in order, each with its replies. A reply whose parent is gone stands by itself. */
  messages(channel: Channel): Thread[] {
    const top = channel.messages.filter((message) => !isReply(channel, message));
    const replies = channel.messages.filter((message) => isReply(channel, message));
    return top.map((message) => ({
      ...message,
      replies: replies.filter((reply) => reply.thread_ts === message.ts),
    }));
  }

  /** Private answers, all or one person's. */
  ephemerals(user?: User): Ephemeral[] {
    return this.workspaces.all
      .flatMap(({ ephemerals }) => ephemerals)
      .filter((message) => !user || message.visibleTo === user.id);
  }

  get files(): UploadedFile[] {
    return [...this.workspace.files.values()];
  }

  get views(): View[] {
    return [...this.workspace.views.values()];
  }

  get acks(): Ack[] {
    return this.dispatch.acks;
  }

  /** Calls of one method, in order of arrival. */
  calls(method: string): RequestLogEntry[] {
    return this.requests.filter((entry) => entry.method === method);
  }

  /** Loses the acks of the next deliveries, so that events come again with the same event_id. */
  loseAcks(times = 1): void {
    this.dispatch.lostAcks = times;
  }

  deleteMessage(channel: Channel, ts: string): void {
    this.workspace.delete(channel, ts);
  }

  revokeScope(scope: string): void {
    this.workspace.scopes.delete(scope);
  }

  revokeToken(token: string = this.workspace.options.botToken): void {
    this.workspace.revokedTokens.add(token);
  }

  /** Drops what was said, uploaded and logged so far, for runs long enough to fill the memory. */
  forget(): void {
    for (const channel of this.workspace.channels.values()) channel.messages.length = 0;
    this.requests.length = 0;
    this.acks.length = 0;
    this.workspace.forget();
  }

  private peopleOf(workspace: Workspace): People {
    const people = this.people.get(workspace) ?? new People(workspace, this.dispatch, this.origin);
    this.people.set(workspace, people);
    return people;
  }

  private peopleFor(user: string): People {
    return this.peopleOf(this.homeOf(user));
  }

  /** The workspace of a person. */
  private homeOf(user: string): Workspace {
    return this.workspaces.all.find(({ users }) => users.has(user)) ?? this.workspace;
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.origin).pathname;
    const [, room, name, id] = path.split('/');
    if (room === 'api' && name) return this.api.handle(name, request, response);
    if (room === 'upload' && id) {
      return receiveUpload(this.workspaces.ofUpload(id), id, request, response, this.faults, this.requests);
    }
    if (room === 'response' && name) {
      return receiveResponse(
        this.workspaces.ofResponseUrl(name),
        name,
        request,
        response,
        this.faults,
        this.requests,
      );
    }
    response.writeHead(404).end('not found');
  }
}

function isReply(channel: Channel, message: Message): boolean {
  const parent = message.thread_ts;
  return parent !== undefined && parent !== message.ts && channel.messages.some((each) => each.ts === parent);
}
