import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server answers: a status and a body, perhaps after some milliseconds. */
export interface Canned {
  status?: number;
  body?: unknown;
  delay?: number;
}

/** Plays Neuronpedia on loopback. */
export class NeuronpediaServer {
  readonly requests: { url: string; headers: IncomingHttpHeaders }[] = [];
  answer: Canned = {};

  private constructor(private readonly server: Server) {}

  static async start(): Promise<NeuronpediaServer> {
    const server = createServer();
    const played = new NeuronpediaServer(server);
    server.on('request', (request, response) => {
      played.requests.push({ url: request.url!, headers: request.headers });
      const { status = 200, body = {}, delay = 0 } = played.answer;
      setTimeout(() => {
        response.writeHead(status, {
          'content-type': 'application/json',
          ...(status === 302 && { location: '/elsewhere' }),
        });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      }, delay);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return played;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** An answer with the fields of the public API that matter, and a few of the many others. */
export const GOOD = {
  modelId: 'gemma-2b',
  layer: '10-res-jb',
  index: '777',
  frac_nonzero: 0.0021,
  maxActApprox: 61.5,
  pos_str: ['a'],
  explanations: [{ id: 'x', description: 'numbers that are years', typeName: 'oai_token-act-pair' }],
  activations: [
    { tokens: ['▁born', '▁in', '▁', '1', '9'], values: [0, 0, 3, 20.5, 8], maxValue: 20.5, dataIndex: null },
    { tokens: ['▁In', '▁1994'], values: [0, 60.25], maxValue: 60.25 },
    { tokens: ['▁In', '▁1994'], values: [0, 60.25], maxValue: 60.25 },
    { tokens: ['silent'], values: [0], maxValue: 0 },
    { tokens: ['torn', 'apart'], values: [1] },
  ],
};

/** Texts that ping, link or steer a terminal where they are shown as they are. */
export const HOSTILE = '@everyone <!channel> \x1b[31m\x07 \u202Efdp.exe https://evil.example/x ```\r\n# ';
