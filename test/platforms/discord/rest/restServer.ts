import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterOwnTime } from '../../../support/ownTime.js';
import { ApiError, refusal } from '../protocol/errors.js';
import type { World } from '../world/world.js';
import { type Body, parseBody, readBytes } from './body.js';
import { type Fault, Faults } from './faults.js';
import { RateLimits, type RateLimitTable } from './rateLimits.js';
import type { LoggedRequest } from './requestLog.js';
import { findRoute, type Route, routeName } from './route.js';

const API = '/api/v10';

type Headers = Record<string, string>;

/** What goes back over the wire; the texts kill the connection instead. */
type Outcome = { status: number; json?: object | undefined; headers?: Headers } | 'close' | 'reset';

interface Arrived {
  readonly route: Route;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** Throws what is wrong with the body, only once the request has got that far. */
  readonly body: () => Body;
}

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
    const at = Date.now();
    const method = request.method ?? 'GET';
    const found = findRoute(this.routes, method, url.pathname.slice(API.length));
    const { value: body, error } = await attempt(() =>
      parseBody(bytes, request.headers['content-type'] ?? ''),
    );
    const entry: LoggedRequest = {
      at,
      method,
      path: url.pathname,
      ...(typeof found === 'object' ? { route: routeName(found.route) } : {}),
      body: body?.json,
      files: body?.uploads.length ?? 0,
      status: 0,
      tookMs: 0,
    };
    this.log.push(entry);
    const outcome = await this.outcome(url, found, {
      files: entry.files,
      authorization: request.headers.authorization,
      body: () => {
        if (body === undefined) throw error;
        return body;
      },
    });
    entry.tookMs = Date.now() - at;
    if (outcome === 'close') request.socket.destroy();
    else if (outcome === 'reset') request.socket.resetAndDestroy();
    else this.send(response, entry, outcome);
  }

  private async outcome(
    url: URL,
    found: ReturnType<typeof findRoute>,
    { files, ...rest }: Pick<Arrived, 'authorization' | 'body'> & { files: number },
  ): Promise<Outcome> {
    if (!url.pathname.startsWith(`${API}/`)) {
      return refused(refusal(url.pathname.startsWith('/api/v') ? 'invalidApiVersion' : 'notFound'));
    }
    if (found === undefined) return refused(refusal('notFound'));
    if (found === 'path') return refused(refusal('methodNotAllowed'));

    const faults = this.faults.take(routeName(found.route), files > 0);
    await hold(faults, 'before');
    const fault = faults.find(({ kind }) => kind !== 'delay');
    const early = fault && failure(fault, 'before');
    if (early) return early;
    const refuse = fault?.kind === 'refuse' ? refusal(fault.refusal) : undefined;
    const answer = await this.answer({ ...found, ...rest, query: url.searchParams }, refuse);
    await hold(faults, 'after');
    return (fault && failure(fault, 'after')) ?? answer;
  }

  private async answer(
    { route, params, query, authorization, body }: Arrived,
    refuse?: ApiError,
  ): Promise<Outcome> {
    const verdict = this.rateLimits.take(route, params);
    const { headers } = verdict;
    if (verdict.retryAfter !== undefined) return limited(verdict.retryAfter, verdict.isGlobal, headers);
    if (!route.open && authorization !== `Bot ${this.token}`) {
      return refused(refusal('unauthorized'), headers);
    }
    if (refuse) return refused(refuse, headers);
    const { value: json, error } = await attempt(() => {
      const { json: fields, uploads } = body();
      return route.handle({ params, query, body: fields, uploads });
    });
    if (error !== undefined) return refused(error, headers);
    return { status: json === undefined ? 204 : (route.status ?? 200), json, headers };
  }

  private send(
    response: ServerResponse,
    entry: LoggedRequest,
    { status, json, headers }: Exclude<Outcome, string>,
  ) {
    entry.status = status;
    if (json && 'code' in json && status >= 400) entry.code = Number(json.code);
    response.writeHead(status, { ...headers, ...(json ? { 'content-type': 'application/json' } : {}) });
    response.end(json === undefined ? undefined : JSON.stringify(json));
  }

  /** `/attachments/<channel>/<attachment>/<filename>`, as on Discord's CDN. */
  private sendAttachment(path: string, response: ServerResponse): void {
    const id = path.split('/')[3];
    const files = [...this.world.messages.values()].flatMap(({ attachments }) => attachments);
    const file = files.find((candidate) => candidate.id === id);
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
      await new Promise<void>((resolve) => afterOwnTime(fault.ms, resolve));
    }
  }
}

function failure(fault: Fault, when: 'before' | 'after'): Outcome | undefined {
  if (fault.kind === 'rateLimit' && when === 'before') return limited(fault.retryAfter, fault.global);
  if (fault.kind === 'drop' && fault.when === when) return fault.reset ? 'reset' : 'close';
  if (fault.kind === 'status' && fault.when === when) {
    return { status: fault.status, json: refusal('serverError').body };
  }
  return undefined;
}

function refused(error: unknown, headers?: Headers): Outcome {
  // A mistake of the platform itself has to be seen, not retried.
  if (!(error instanceof ApiError)) console.error(error);
  const { status, body } = error instanceof ApiError ? error : refusal('serverError');
  return { status, json: body, ...(headers === undefined ? {} : { headers }) };
}

function limited(retryAfter: number, isGlobal: boolean, headers: Headers = {}): Outcome {
  return {
    status: 429,
    json: { message: 'You are being rate limited.', retry_after: retryAfter, global: isGlobal },
    headers: {
      ...headers,
      'Retry-After': String(Math.max(1, Math.ceil(retryAfter))),
      'X-RateLimit-Scope': isGlobal ? 'global' : 'user',
      ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}),
    },
  };
}
