import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Method } from '../methods/method.js';
import { SlackApiError } from '../slackApiError.js';
import type { Fields, RequestLogEntry } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import type { Workspaces } from '../world/workspaces.js';
import type { Faults } from './faults.js';
import { RateLimits } from './rateLimits.js';
import { readArgs, readBytes } from './requestBody.js';
import { type Answer, type Exchange, perform } from './respond.js';

/** Answers /api/<method>: who asks, whether they may, then the method itself. */
export class WebApi {
  /** By workspace: what one uses up is not missing in another. */
  private readonly limits = new Map<Workspace, RateLimits>();

  constructor(
    private readonly workspaces: Workspaces,
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
    const workspace = this.workspaces.ofToken(token) ?? this.workspaces.first;
    if (method?.token === 'bot' && workspace.botToken === token) exchange.team = workspace.team.id;
    await perform(exchange, this.faults, this.log, () => {
      if (!method) throw new SlackApiError('unknown_method');
      this.authorise(method, token, args, workspace);
      const wait = workspace.options.rateLimits
        ? this.limitsOf(workspace).retryAfter(name, String(args.channel ?? ''), method.perMinute)
        : 0;
      if (wait > 0) return { status: 429, retryAfter: wait, body: { ok: false, error: 'ratelimited' } };
      if (body.args === null) throw new SlackApiError('invalid_json');
      return this.answer(method, method.formOnly && body.kind === 'json' ? {} : args, workspace);
    });
  }

  private limitsOf(workspace: Workspace): RateLimits {
    const limits = this.limits.get(workspace) ?? new RateLimits();
    this.limits.set(workspace, limits);
    return limits;
  }

  private authorise(method: Method, token: string | undefined, args: Fields, workspace: Workspace): void {
    if (method.token === 'none') return;
    const { botToken, revokedTokens, options } = workspace;
    const { appToken } = options;
    if (token === undefined) throw new SlackApiError('not_authed');
    if (revokedTokens.has(token)) throw new SlackApiError('token_revoked');
    if (token !== botToken && token !== appToken) throw new SlackApiError('invalid_auth');
    if (token !== (method.token === 'app' ? appToken : botToken)) {
      throw new SlackApiError('not_allowed_token_type');
    }
    const needed = method.scopes(args, workspace);
    if (needed.length > 0 && !needed.some((scope) => workspace.scopes.has(scope))) {
      const provided = [...workspace.scopes].join(',');
      throw new SlackApiError('missing_scope', { needed: needed.join(','), provided });
    }
  }

  private answer(method: Method, args: Fields, workspace: Workspace): Answer {
    const headers = {
      'x-oauth-scopes': [...workspace.scopes].join(','),
      'x-accepted-oauth-scopes': method.scopes(args, workspace).join(','),
    };
    return { status: 200, headers, body: { ok: true, ...method.call(args, workspace) } };
  }
}
