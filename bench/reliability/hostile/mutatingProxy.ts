import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from '../../soak/dice.js';
import { mutateBytes, mutateJson } from './mutations.js';

/** Headers that speak of the body as it was, or of the connection. */
const DROPPED = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection']);

/** Stands before an HTTP server and changes what it answers. */
export class MutatingProxy {
  /** Share of the answers that are changed. */
  share = 0;
  /** How many were. */
  changed = 0;
  private readonly server: Server;

  constructor(
    private readonly target: string,
    private readonly dice: Dice,
  ) {
    this.server = createServer((request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Its address, in the place of the target's origin. */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return this.target.replace(new URL(this.target).origin, `http://127.0.0.1:${port}`);
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const bodiless = request.method === 'GET' || request.method === 'HEAD';
    const answer = await fetch(new URL(request.url!, this.target), {
      method: request.method!,
      headers: headers as Record<string, string>,
      redirect: 'manual',
      ...(!bodiless && { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    const kept = [...answer.headers].filter(([name]) => !DROPPED.has(name));
    if (!this.dice.chance(this.share)) {
      response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
      return;
    }
    this.changed++;
    const status = this.dice.chance(0.2)
      ? this.dice.pick([200, 204, 301, 400, 403, 404, 418, 500, 503])
      : answer.status;
    response.writeHead(status, Object.fromEntries(kept)).end(status === 204 ? undefined : this.mutate(body));
  }

  private mutate(body: Buffer): Buffer {
    try {
      const json: unknown = JSON.parse(body.toString());
      if (this.dice.chance(0.8)) return Buffer.from(JSON.stringify(mutateJson(json, this.dice)));
    } catch {
      // Not every answer is JSON.
    }
    return mutateBytes(body, this.dice);
  }
}
