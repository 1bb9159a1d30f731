import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { afterOwnTime } from '../../../support/ownTime.js';
import { isFields } from '../args.js';
import type { Workspace } from '../world/workspace.js';
import type { Ack, Delivery, Transport } from './delivery.js';

/** Slack lets one app hold this many sockets. */
const MOST_CONNECTIONS = 10;

interface Waiting {
  socket: WebSocket;
  acknowledge: (response: unknown) => void;
  lost: () => void;
}

/** The websocket side: tickets, hello, envelopes to one of the connections, acks, pings, disconnects. */
export class SocketMode implements Transport {
  /** Connections opened since the start, for tests that count reconnects. */
  opened = 0;
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly tickets = new Set<string>();
  private readonly waiting = new Map<string, Waiting>();
  private connections: WebSocket[] = [];
  private turn = 0;
  private pings: NodeJS.Timeout | undefined;

  constructor(private readonly workspace: Workspace) {}

  get size(): number {
    return this.connections.length;
  }

  /** The address apps.connections.open hands out; its ticket opens one socket. */
  address(base: string): string {
    const ticket = this.workspace.secret();
    this.tickets.add(ticket);
    return `${base.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${this.workspace.app.id}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== '/link/' || !this.tickets.delete(url.searchParams.get('ticket') ?? '')) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, (connection) => this.accept(connection));
  }

  async deliver(delivery: Delivery, ack: Ack): Promise<void> {
    const socket = this.connections[this.turn++ % Math.max(this.connections.length, 1)];
    if (!socket) {
      ack.failure = 'no connection';
      return;
    }
    const id = this.workspace.secret();
    const envelope: Record<string, unknown> = {
      envelope_id: id,
      type: delivery.type,
      payload: delivery.payload,
      accepts_response_payload: delivery.acceptsResponse,
    };
    if (delivery.type === 'events_api') {
      envelope.retry_attempt = delivery.retry.attempt;
      envelope.retry_reason = delivery.retry.reason;
    }
    await new Promise<void>((done) => {
      const inTime = afterOwnTime(this.workspace.options.ackTimeout, () => {
        ack.failure = 'timeout';
        ack.late = true;
        done();
      });
      this.waiting.set(id, {
        socket,
        acknowledge: (response) => {
          inTime();
          ack.latency = Date.now() - ack.sentAt;
          ack.response = isFields(response) && Object.keys(response).length > 0 ? response : null;
          done();
        },
        lost: () => {
          inTime();
          ack.failure ??= 'connection lost';
          done();
        },
      });
      socket.send(JSON.stringify(envelope));
    });
  }

  /** Asks the app to come back on a new socket: Slack does so before it closes one. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'): void {
    for (const socket of this.connections) this.say(socket, { type: 'disconnect', reason });
  }

  /** Cuts every socket without a close frame, as a broken network does. */
  terminate(): void {
    for (const socket of this.connections) socket.terminate();
  }

  /** Stops listening without a word, as a half-open connection does; Slack goes on sending to it. */
  stall(): void {
    for (const socket of this.connections) socket.pause();
  }

  /** Says goodbye properly where it can: Slack's client holds its process for 30 s after a broken close. */
  async stop(): Promise<void> {
    clearInterval(this.pings);
    const open = [...this.connections];
    const closed = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of open) socket.close(1001);
    await Promise.race([Promise.all(closed), sleep(200, undefined, { ref: false })]);
    for (const socket of open) socket.terminate();
    this.server.close();
  }

  private accept(socket: WebSocket): void {
    this.opened += 1;
    socket.on('message', (data) => this.receive(String(data)));
    socket.on('close', () => this.forget(socket));
    socket.on('error', () => this.forget(socket));
    this.pings ??= setInterval(() => {
      for (const each of this.connections) each.ping(`Ping from ${this.workspace.app.id}`);
    }, this.workspace.options.pingInterval).unref();
    if (this.connections.length >= MOST_CONNECTIONS) {
      this.say(socket, { type: 'disconnect', reason: 'too_many_websockets' });
      return;
    }
    this.connections.push(socket);
    const connection_info = { app_id: this.workspace.app.id };
    this.say(socket, { type: 'hello', num_connections: this.connections.length, connection_info });
  }

  private say(socket: WebSocket, message: Record<string, unknown>): void {
    const debug_info = { host: 'applink-test', build_number: 1, approximate_connection_time: 18_060 };
    socket.send(JSON.stringify({ ...message, debug_info }));
  }

  private receive(data: string): void {
    const message: unknown = JSON.parse(data);
    const id = isFields(message) ? String(message.envelope_id) : '';
    const waiting = this.waiting.get(id);
    if (!waiting || !isFields(message)) {
      this.workspace.tolerated.push(`socket message without a known envelope_id: ${data.slice(0, 100)}`);
      return;
    }
    this.waiting.delete(id);
    waiting.acknowledge(message.payload);
  }

  private forget(socket: WebSocket): void {
    this.connections = this.connections.filter((other) => other !== socket);
    for (const [id, waiting] of this.waiting) {
      if (waiting.socket !== socket) continue;
      this.waiting.delete(id);
      waiting.lost();
    }
  }
}
