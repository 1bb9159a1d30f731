import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedAnswer {
  status?: number;
  /** What the model says; `raw` replaces the whole body. */
  content?: string;
  raw?: string;
  delay?: number;
}

export interface AskedOfModel {
  headers: IncomingHttpHeaders;
  url: string;
  body: { model: string; max_tokens: number; messages: { role: string; content: string }[] };
}

/** Plays an OpenAI-compatible endpoint on loopback. */
export class EndpointServer {
  readonly asked: AskedOfModel[] = [];
  /** Says what each request is answered with. */
  answer: (asked: AskedOfModel) => CannedAnswer = () => ({ content: 'numbers that are years' });

  private constructor(private readonly server: Server) {}

  static async start(): Promise<EndpointServer> {
    const server = createServer();
    const played = new EndpointServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as AskedOfModel['body'];
        const asked = { headers: request.headers, url: request.url!, body };
        played.asked.push(asked);
        const { status = 200, content = '', raw, delay = 0 } = played.answer(asked);
        setTimeout(() => {
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(raw ?? JSON.stringify({ choices: [{ message: { role: 'assistant', content } }] }));
        }, delay);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return played;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What stands between the marks of data in a request. */
export function dataOf({ body }: AskedOfModel): { explanation?: string; texts?: string[] } {
  const [, json = ''] = /<data>\n(.*)\n<\/data>/s.exec(body.messages.at(-1)!.content) ?? [];
  return JSON.parse(json);
}
