import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from './faults.js';
import type { Method } from './methods/method.js';
import { RateLimits } from './rateLimits.js';
import { readArgs, readBytes } from './requestBody.js';
import { type Answer, type Exchange, perform } from './respond.js';
import { SlackApiError } from './slackApiError.js';
import type { Fields, RequestLogEntry } from './types.js';
import type { Workspace } from './workspace.js';

/** Answers /api/<method>: who asks, whether they may, then the method itself. */
export class WebApi {
  private readonly limits = new RateLimits();

  constructor(
    private readonly workspace: Workspace,
    private readonly methods: Record<string, Method>,
    private readonly faults: Faults,
    private readonly log: RequestLogEntry[],
  ) {}

  async handle(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = readArgs(request, await readBytes(request));
    const { token: bodyToken, ...args } = body.args ?? {};
    const header = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const token = header ?? (body.kind === 'form' && typeof bodyToken === 'string' ? bodyToken : undefined);
    const exchange: Exchange = { name, args, request, response };
    const method = this.methods[name];
    await perform(exchange, this.faults, this.log, () => {
      if (!method) throw new SlackApiError('unknown_method');
      this.authorise(method, token, args);
      const wait = this.workspace.options.rateLimits
        ? this.limits.retryAfter(name, String(args.channel ?? ''), method.perMinute)
        : 0;
      if (wait > 0) return { status: 429, retryAfter: wait, body: { ok: false, error: 'ratelimited' } };
      if (body.args === null) throw new SlackApiError('invalid_json');
      return this.answer(method, method.formOnly && body.kind === 'json' ? {} : args);
    });
  }

  private authorise(method: Method, token: string | undefined, args: Fields): void {
    const { botToken, appToken } = this.workspace.options;
    if (token === undefined) throw new SlackApiError('not_authed');
    if (token !== botToken && token !== appToken) throw new SlackApiError('invalid_auth');
    if (this.workspace.revokedTokens.has(token)) throw new SlackApiError('token_revoked');
    if (token !== (method.token === 'app' ? appToken : botToken)) {
      throw new SlackApiError('not_allowed_token_type');
    }
    const needed = method.scopes(args, this.workspace);
    if (needed.length > 0 && !needed.some((scope) => this.workspace.scopes.has(scope))) {
      const provided = [...this.workspace.scopes].join(',');
      throw new SlackApiError('missing_scope', { needed: needed.join(','), provided });
    }
  }

  private answer(method: Method, args: Fields): Answer {
    const headers = {
      'x-oauth-scopes': [...this.workspace.scopes].join(','),
      'x-accepted-oauth-scopes': method.scopes(args, this.workspace).join(','),
    };
    return { status: 200, headers, body: { ok: true, ...method.call(args, this.workspace) } };
  }
}
