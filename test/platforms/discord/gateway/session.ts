import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { GatewayOp, Intent } from '../protocol/numbers.js';
import type { Dispatch } from '../world/world.js';
import type { Shard } from './shards.js';

interface Packet {
  readonly op: number;
  readonly t: string;
  readonly s: number;
  readonly d: unknown;
}

/** One identified client: it numbers its events and keeps them, so that a resume can replay them. */
export class Session {
  readonly id = randomBytes(16).toString('hex');
  private readonly sent: Packet[] = [];
  socket: WebSocket | undefined;

  constructor(
    readonly intents: number,
    readonly shard: Shard,
  ) {}

  get sequence(): number {
    return this.sent.length;
  }

  get isConnected(): boolean {
    return this.socket !== undefined;
  }

  /** Sends an event the session's intents ask for, or keeps it for a resume. */
  dispatch({ t, d, intent, withoutContent }: Dispatch): void {
    if (intent !== Intent.None && (this.intents & intent) === 0) return;
    const seesContent = (this.intents & Intent.MessageContent) !== 0 || withoutContent === undefined;
    const data = seesContent ? d : withoutContent;
    // A copy: what was said then must not change with the world.
    const packet = { op: GatewayOp.Dispatch, t, s: this.sequence + 1, d: structuredClone(data) };
    this.sent.push(packet);
    this.send(packet);
  }

  /** Sends again what the client missed since an event it has seen. */
  replayAfter(sequence: number): void {
    for (const packet of this.sent.slice(sequence)) this.send(packet);
  }

  send(packet: object): void {
    this.socket?.send(JSON.stringify(packet));
  }
}
