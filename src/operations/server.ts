import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationsPlace } from '../configuration/operating.js';
import { InputError } from '../core/index.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

export interface OperationsServer {
  port: number;
  close(): Promise<void>;
}

/** Short, because clients only fetch numbers and send nothing. */
const HEADERS_MILLISECONDS = 5_000;
const REQUEST_MILLISECONDS = 10_000;
const MOST_CONNECTIONS = 50;

interface Page {
  status: number;
  type: string;
  body: string;
}

/**
 * Answers monitoring: GET and HEAD of `/healthz` (its event loop turns), `/readyz` (people can be
 * answered; else 503 with what is missing) and `/metrics`. Nothing else, and no secrets.
 *
 * @throws {InputError} when the port cannot be listened on
 */
export async function startOperations(
  { host, port }: OperationsPlace,
  metrics: Metrics,
  readiness: Readiness,
): Promise<OperationsServer> {
  const pages: Record<string, () => Promise<Page>> = {
    '/healthz': async () => json(200, { healthy: true }),
    '/readyz': async () => {
      const problems = await readiness.problems();
      const ready = Object.keys(problems).length === 0;
      return json(ready ? 200 : 503, { ready, ...(ready ? {} : { problems }) });
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  };
  const server = createServer(
    { headersTimeout: HEADERS_MILLISECONDS, requestTimeout: REQUEST_MILLISECONDS, keepAliveTimeout: 5_000 },
    (request, response) => void answer(request, response, pages),
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  pages: Record<string, () => Promise<Page>>,
): Promise<void> {
  const path = url.split('?', 1)[0]!;
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead) response.setHeader('allow', 'GET, HEAD');
  const { status, type, body } = await (page && isRead ? pageOrFailure(page) : json(page ? 405 : 404, {}));
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function pageOrFailure(page: () => Promise<Page>): Promise<Page> {
  return page().catch(() => json(500, {}));
}

function json(status: number, content: object): Page {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(content)}\n` };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'EADDRINUSE'
        ? `Port ${port} is used by another program: set OPERATIONS_PORT to another.`
        : `OPERATIONS_HOST ${host} with OPERATIONS_PORT ${port} cannot be listened on (${code}).`,
    );
  }
}
