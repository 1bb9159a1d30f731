import type { RawData, WebSocket } from 'ws';
import { LIMITS } from '../protocol/limits.js';
import { GatewayOp } from '../protocol/numbers.js';
import type { Session } from './session.js';

/** What a connection needs of the gateway behind it. */
export interface Host {
  readonly heartbeatMs: number;
  /** Opens a session, gives the close code that refuses it, or undefined when it comes too soon after another. */
  identify(data: Record<string, unknown>): Session | { close: number; reason: string } | undefined;
  /** Sends what a new session learns first. */
  welcome(session: Session): void;
  /** Finds the session to resume; undefined when it is gone. */
  resume(data: Record<string, unknown>): Session | { close: number; reason: string } | undefined;
  /** The client closed for good (1000 or 1001), or went away. */
  detached(session: Session, forGood: boolean): void;
}

const KNOWN_OPS: readonly number[] = Object.values(GatewayOp);

/** One websocket: says HELLO, takes the client's packets in order and closes on the first wrong one. */
export class Connection {
  session: Session | undefined;
  /** Heartbeats got. */
  heartbeats = 0;
  /** Set to stop acknowledging heartbeats, as a connection that died without saying so. */
  isDeaf = false;
  private recent: number[] = [];
  private lastHeartbeat = Date.now();
  private readonly watch: NodeJS.Timeout;

  constructor(
    readonly socket: WebSocket,
    private readonly host: Host,
  ) {
    this.send(GatewayOp.Hello, { heartbeat_interval: host.heartbeatMs, _trace: ['["loopback"]'] });
    socket.on('message', (data) => this.receive(data));
    socket.on('close', (code) => this.closed(code));
    socket.on('error', () => socket.terminate());
    this.watch = setInterval(() => this.checkHeart(), host.heartbeatMs);
    this.watch.unref();
  }

  send(op: number, d: unknown = null): void {
    this.socket.send(JSON.stringify({ op, d, s: null, t: null }));
  }

  /** Op 9: the client has to resume or identify anew, on this connection or another. */
  invalidate(resumable: boolean): void {
    if (this.session) this.session.socket = undefined;
    this.session = undefined;
    this.send(GatewayOp.InvalidSession, resumable);
  }

  private receive(raw: RawData): void {
    if (this.isDeaf) return;
    const text = raw.toString();
    const packet = parse(text);
    if (!packet || text.length > LIMITS.gatewayPayloadBytes) {
      this.close(4002, 'Error while decoding payload.');
      return;
    }
    const now = Date.now();
    this.recent = [...this.recent.filter((at) => at > now - 60_000), now];
    if (this.recent.length > LIMITS.gatewayPacketsPerMinute) {
      this.close(4008, 'Rate limited.');
      return;
    }
    const data = (packet.d ?? {}) as Record<string, unknown>;
    if (packet.op === GatewayOp.Heartbeat) this.beat();
    else if (packet.op === GatewayOp.Identify) this.identify(data);
    else if (packet.op === GatewayOp.Resume) this.resume(data);
    else if (!KNOWN_OPS.includes(packet.op as number)) this.close(4001, 'Unknown opcode.');
    else if (!this.session) this.close(4003, 'Not authenticated.');
  }

  private beat(): void {
    this.heartbeats += 1;
    this.lastHeartbeat = Date.now();
    this.send(GatewayOp.HeartbeatAck);
  }

  private identify(data: Record<string, unknown>): void {
    if (this.session) {
      this.close(4005, 'Already authenticated.');
      return;
    }
    const session = this.host.identify(data);
    if (session === undefined) {
      this.send(GatewayOp.InvalidSession, false);
      return;
    }
    if ('close' in session) {
      this.close(session.close, session.reason);
      return;
    }
    this.attach(session);
    this.host.welcome(session);
  }

  private resume(data: Record<string, unknown>): void {
    if (this.session) {
      this.close(4005, 'Already authenticated.');
      return;
    }
    const session = this.host.resume(data);
    if (session === undefined) {
      this.send(GatewayOp.InvalidSession, false);
      return;
    }
    if ('close' in session) {
      this.close(session.close, session.reason);
      return;
    }
    session.socket?.close(4000, 'Resumed elsewhere.');
    this.attach(session);
    session.replayAfter(Number(data.seq ?? 0));
    session.dispatch({ t: 'RESUMED', d: { _trace: ['["loopback"]'] }, intent: 0 });
  }

  private attach(session: Session): void {
    this.session = session;
    session.socket = this.socket;
  }

  private close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  private closed(code: number): void {
    clearInterval(this.watch);
    if (this.session?.socket !== this.socket) return;
    this.session.socket = undefined;
    this.host.detached(this.session, code === 1000 || code === 1001);
  }

  private checkHeart(): void {
    if (Date.now() - this.lastHeartbeat > this.host.heartbeatMs * 2) this.close(4009, 'Session timed out.');
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
