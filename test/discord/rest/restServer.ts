import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, refusal } from '../protocol/errors.js';
import type { World } from '../world/world.js';
import { parseBody, readBytes } from './body.js';
import { type Fault, Faults } from './faults.js';
import { RateLimits, type RateLimitTable } from './rateLimits.js';
import type { LoggedRequest } from './requestLog.js';
import { findRoute, type Route, routeName } from './route.js';

const API = '/api/v10';

/** REST: takes a request through faults, rate limits and authorization to its route. */
export class RestServer {
  readonly log: LoggedRequest[] = [];
  readonly faults: Faults;
  private readonly rateLimits: RateLimits;

  constructor(
    private readonly world: World,
    private readonly token: string,
    private readonly routes: readonly Route[],
    limits: RateLimitTable,
    private readonly onChange: () => void,
  ) {
    this.faults = new Faults(new Set(routes.map(routeName)));
    this.rateLimits = new RateLimits(limits);
  }

  /** Answers one HTTP request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://discord.invalid');
    if (url.pathname.startsWith('/attachments/')) return this.sendAttachment(url.pathname, response);
    const bytes = await readBytes(request).catch(() => undefined);
    // The client went away in the middle of its own request.
    if (bytes === undefined) return;
    const method = request.method ?? 'GET';
    const found = findRoute(this.routes, method, url.pathname.replace(API, ''));
    const route = typeof found === 'object' ? found.route : undefined;
    const contentType = request.headers['content-type'] ?? '';
    const { value: body, error: bodyError } = await attempt(() => parseBody(bytes, contentType));
    const entry: LoggedRequest = {
      at: Date.now(),
      method,
      path: url.pathname,
      ...(route === undefined ? {} : { route: routeName(route) }),
      body: body?.json,
      files: body?.uploads.length ?? 0,
      status: 0,
      tookMs: 0,
    };
    this.log.push(entry);

    const send = (status: number, json?: object, headers: Record<string, string> = {}) => {
      entry.status = status;
      entry.tookMs = Date.now() - entry.at;
      if (json && 'code' in json && status >= 400) entry.code = Number(json.code);
      response.writeHead(status, { ...headers, ...(json ? { 'content-type': 'application/json' } : {}) });
      response.end(json === undefined ? undefined : JSON.stringify(json));
      this.onChange();
    };
    const refuse = (error: unknown, headers?: Record<string, string>) => {
      const known = error instanceof ApiError ? error : refusal('serverError');
      // A mistake of the platform itself has to be seen, not retried.
      if (!(error instanceof ApiError)) console.error(error);
      send(known.status, known.body, headers);
    };

    if (!url.pathname.startsWith(`${API}/`)) {
      return refuse(refusal(url.pathname.startsWith('/api/v') ? 'invalidApiVersion' : 'notFound'));
    }
    if (found === undefined) return refuse(refusal('notFound'));
    if (found === 'path') return refuse(refusal('methodNotAllowed'));

    const faults = this.faults.take(routeName(found.route), entry.files > 0);
    await hold(faults, 'before');
    const outcome = faults.find(({ kind }) => kind !== 'delay');
    if (outcome?.kind === 'drop' && outcome.when === 'before') return cut(request);
    if (outcome?.kind === 'status') return send(outcome.status, refusal('serverError').body);
    if (outcome?.kind === 'rateLimit') return send(429, ...limited(outcome.retryAfter, outcome.global));

    const verdict = this.rateLimits.take(found.route, found.params);
    if (verdict.retryAfter !== undefined) {
      return send(429, ...limited(verdict.retryAfter, verdict.isGlobal, verdict.headers));
    }
    if (!found.route.open && request.headers.authorization !== `Bot ${this.token}`) {
      return refuse(refusal('unauthorized'), verdict.headers);
    }
    if (outcome?.kind === 'refuse') return refuse(refusal(outcome.refusal), verdict.headers);
    if (bodyError !== undefined) return refuse(bodyError, verdict.headers);

    const { value: json, error } = await attempt(() =>
      found.route.handle({
        params: found.params,
        query: url.searchParams,
        body: body?.json,
        uploads: body?.uploads ?? [],
      }),
    );
    await hold(faults, 'after');
    if (outcome?.kind === 'drop') {
      this.onChange();
      return cut(request);
    }
    if (error !== undefined) return refuse(error, verdict.headers);
    return send(json === undefined ? 204 : (found.route.status ?? 200), json, verdict.headers);
  }

  private sendAttachment(path: string, response: ServerResponse): void {
    const [, , channelId, id] = path.split('/');
    const message = [...this.world.messages.values()].find((candidate) => candidate.channelId === channelId);
    const files = [...this.world.messages.values()].flatMap(({ attachments }) => attachments);
    const file = message && files.find((candidate) => candidate.id === id);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.contentType ?? 'text/plain' });
    response.end(file?.bytes);
  }
}

async function attempt<T>(work: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

async function hold(faults: Fault[], when: 'before' | 'after'): Promise<void> {
  for (const fault of faults) {
    if (fault.kind === 'delay' && fault.when === when) {
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
    }
  }
}

function limited(retryAfter: number, isGlobal: boolean, headers: Record<string, string> = {}) {
  const body = { message: 'You are being rate limited.', retry_after: retryAfter, global: isGlobal };
  return [
    body,
    {
      ...headers,
      'Retry-After': String(Math.max(1, Math.ceil(retryAfter))),
      'X-RateLimit-Scope': isGlobal ? 'global' : 'user',
      ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}),
    },
  ] as const;
}

function cut(request: IncomingMessage): void {
  request.socket.destroy();
}
