import { str } from '../args.js';
import { type Method, scope } from '../methods/method.js';
import { SlackApiError } from '../slackApiError.js';
import type { Fields, User } from '../types.js';
import type { Workspace } from './workspace.js';
import type { Workspaces } from './workspaces.js';

const CODE_LIFETIME = 10 * 60_000;
/** Seconds that a token is good for, where tokens expire. */
const TOKEN_LIFETIME = 43_200;

interface Grant {
  workspace: Workspace;
  user: User;
  scopes: string[];
  organisation: boolean;
  at: number;
}

/** OAuth 2.0 as Slack speaks it: the page where people allow an app, and the call that turns a code into a token. */
export class OAuth {
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly workspaces: Workspaces) {}

  /**
   * Allows the app in a workspace, on the page that the app led to.
   *
   * @param address of /oauth/v2/authorize, as the app made it
   * @param organisation for a whole organisation of Enterprise Grid
   * @returns where Slack leads the browser next
   */
  allow(address: string, workspace: Workspace, user: User, organisation = false): string {
    const { clientId, redirectUrl } = workspace.options;
    const { pathname, searchParams } = new URL(address);
    if (pathname !== '/oauth/v2/authorize') throw new Error(`Slack has no page ${pathname}`);
    if (searchParams.get('client_id') !== clientId) throw new Error('Slack does not know this client_id');
    const scopes = (searchParams.get('scope') ?? '').split(',').filter((name) => name !== '');
    if (scopes.length === 0) throw new Error('Slack asks for a scope');
    const back = searchParams.get('redirect_uri') ?? redirectUrl;
    if (!back.startsWith(redirectUrl)) throw new Error('the redirect_uri is none of the app');
    const code = workspace.secret();
    this.grants.set(code, { workspace, user, scopes, organisation, at: Date.now() });
    return comeBack(back, { code, state: searchParams.get('state') ?? '' });
  }

  /** Presses Cancel on that page. */
  cancel(address: string): string {
    const { redirectUrl } = this.workspaces.first.options;
    const state = new URL(address).searchParams.get('state') ?? '';
    return comeBack(redirectUrl, { error: 'access_denied', state });
  }

  get methods(): Record<string, Method> {
    const call = (args: Fields) => this.access(args);
    return { 'oauth.v2.access': { token: 'none', scopes: scope(), perMinute: 600, call } };
  }

  private access(args: Fields): Fields {
    const { clientId, clientSecret } = this.workspaces.first.options;
    if (str(args, 'client_id') !== clientId) throw new SlackApiError('invalid_client_id');
    if (str(args, 'client_secret') !== clientSecret) throw new SlackApiError('bad_client_secret');
    if (str(args, 'grant_type') === 'refresh_token') return this.refresh(str(args, 'refresh_token'));
    const code = str(args, 'code');
    const grant = this.grants.get(code);
    if (!grant) throw new SlackApiError('invalid_code');
    this.grants.delete(code);
    if (Date.now() - grant.at > CODE_LIFETIME) throw new SlackApiError('code_expired');
    const { workspace, user, scopes, organisation } = grant;
    for (const name of scopes) workspace.scopes.add(name);
    if (workspace.botToken) workspace.revokedTokens.add(workspace.botToken);
    workspace.install();
    return {
      ...tokens(workspace),
      scope: scopes.join(','),
      bot_user_id: workspace.app.botUser,
      app_id: workspace.app.id,
      team: organisation ? null : { id: workspace.team.id, name: workspace.team.domain },
      enterprise: organisation ? { id: 'E0GHOSTS', name: 'Ghosts Everywhere' } : null,
      is_enterprise_install: organisation,
      authed_user: { id: user.id },
    };
  }

  private refresh(token: string): Fields {
    const workspace = this.workspaces.all.find(({ refreshToken }) => token !== '' && refreshToken === token);
    if (!workspace) throw new SlackApiError('invalid_refresh_token');
    workspace.install();
    return { ...tokens(workspace), bot_user_id: workspace.app.botUser, team: { id: workspace.team.id } };
  }
}

function tokens({ botToken, refreshToken }: Workspace): Fields {
  return {
    access_token: botToken,
    token_type: 'bot',
    ...(refreshToken ? { refresh_token: refreshToken, expires_in: TOKEN_LIFETIME } : {}),
  };
}

function comeBack(address: string, parameters: Record<string, string>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
