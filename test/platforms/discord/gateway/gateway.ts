import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { GatewayOp, Intent } from '../protocol/numbers.js';
import { guildJson, userJson } from '../world/wire.js';
import type { World } from '../world/world.js';
import { Connection, type Host } from './connection.js';
import { Session } from './session.js';
import { IdentifyLimit, isFor, readShard, type Sharding, shardOf } from './shards.js';

const ALL_INTENTS = (1 << 26) - 1;
const PRIVILEGED = Intent.GuildMembers | Intent.GuildPresences | Intent.MessageContent;

export interface GatewayOptions {
  readonly token: string;
  /** Discord's is 41 250. */
  readonly heartbeatMs: number;
  /** The privileged intents switched on for the application, as bits. */
  readonly privilegedIntents: number;
  readonly sharding: Sharding;
}

/** Gateway v10 over websocket, JSON without compression. */
export class Gateway implements Host {
  readonly heartbeatMs: number;
  readonly sessions = new Map<string, Session>();
  readonly connections = new Set<Connection>();
  /** How often clients identified and resumed. */
  readonly counts = { identify: 0, resume: 0 };
  /** How often clients identified too soon after another. */
  refused = 0;
  readonly limit: IdentifyLimit;
  private url = '';
  private server: WebSocketServer | undefined;

  constructor(
    private readonly world: World,
    private readonly options: GatewayOptions,
  ) {
    this.heartbeatMs = options.heartbeatMs;
    this.limit = new IdentifyLimit(options.sharding);
    world.onDispatch((event) => {
      for (const session of this.sessions.values()) {
        if (isFor(session.shard, event)) session.dispatch(event);
      }
    });
  }

  /** Takes over the websocket requests of an HTTP server that listens already. */
  attach(server: Server, url: string): void {
    this.url = url;
    this.server = new WebSocketServer({ server });
    this.server.on('connection', (socket, request) => this.connected(socket, request));
  }

  close(): void {
    for (const { socket } of this.connections) socket.terminate();
    this.server?.close();
  }

  identify(data: Record<string, unknown>): Session | { close: number; reason: string } | undefined {
    const { token, intents, properties } = data;
    if (token !== this.options.token && token !== `Bot ${this.options.token}`) {
      return { close: 4004, reason: 'Authentication failed.' };
    }
    if (typeof properties !== 'object' || properties === null)
      return { close: 4002, reason: 'Error while decoding payload.' };
    if (typeof intents !== 'number' || intents < 0 || intents > ALL_INTENTS) {
      return { close: 4013, reason: 'Invalid intent(s).' };
    }
    if (intents & PRIVILEGED & ~this.options.privilegedIntents)
      return { close: 4014, reason: 'Disallowed intent(s).' };
    const shard = readShard(data.shard);
    if (!shard) return { close: 4010, reason: 'Invalid shard.' };
    if (!this.limit.take(shard[0])) {
      this.refused += 1;
      return undefined;
    }
    this.counts.identify += 1;
    const session = new Session(intents, shard);
    this.sessions.set(session.id, session);
    return session;
  }

  welcome(session: Session): void {
    const [id, count] = session.shard;
    const guilds = [...this.world.guilds.values()].filter(
      (guild) => guild.members.has(this.world.bot.id) && shardOf(guild.id, count) === id,
    );
    const ready = {
      v: 10,
      user: { ...userJson(this.world.bot), verified: true, mfa_enabled: false, email: null, flags: 0 },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: `${this.url}/resume`,
      shard: session.shard,
      application: { id: this.world.applicationId, flags: 0 },
      private_channels: [],
      relationships: [],
      _trace: ['["loopback"]'],
    };
    session.dispatch({ t: 'READY', d: ready, intent: Intent.None });
    for (const guild of guilds) {
      session.dispatch({ t: 'GUILD_CREATE', d: guildJson(this.world, guild), intent: Intent.Guilds });
    }
  }

  resume(data: Record<string, unknown>): Session | { close: number; reason: string } | undefined {
    if (data.token !== this.options.token) return { close: 4004, reason: 'Authentication failed.' };
    const session = this.sessions.get(String(data.session_id));
    if (!session) return undefined;
    if (Number(data.seq) > session.sequence) return { close: 4007, reason: 'Invalid seq.' };
    this.counts.resume += 1;
    return session;
  }

  detached(session: Session, forGood: boolean): void {
    if (forGood) this.sessions.delete(session.id);
  }

  /** Closes every connection with a code: 4000 to 4009 make a client come back, 4004 and such do not. */
  closeAll(code: number, reason = ''): void {
    for (const { socket } of this.connections) socket.close(code, reason);
  }

  /** Cuts the TCP connections without a word. */
  dropAll(): void {
    for (const { socket } of this.connections) socket.terminate();
  }

  /** The connection of one shard, by its number. */
  connectionOf(shard: number): Connection | undefined {
    return [...this.connections].find(({ session }) => session?.shard[0] === shard);
  }

  /** Op 7: asks the clients to come back and resume. */
  requestReconnect(): void {
    for (const connection of this.connections) connection.send(GatewayOp.Reconnect);
  }

  /** Op 9. Not resumable, the sessions are gone and clients have to identify anew. */
  invalidate(resumable: boolean): void {
    if (!resumable) this.sessions.clear();
    for (const connection of this.connections) connection.invalidate(resumable);
  }

  /** Forgets the sessions, so that the next resume fails. */
  forgetSessions(): void {
    this.sessions.clear();
  }

  private connected(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'ws://discord.invalid').searchParams;
    if (query.get('v') !== '10') {
      socket.close(4012, 'Invalid API version.');
      return;
    }
    if (query.get('encoding') !== 'json' || query.has('compress')) {
      socket.close(4002, 'Only JSON without compression is spoken here.');
      return;
    }
    const connection = new Connection(socket, this);
    this.connections.add(connection);
    socket.on('close', () => {
      this.connections.delete(connection);
    });
  }
}
