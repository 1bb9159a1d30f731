import { OAuth2Scopes, REST, type RESTGetCurrentApplicationResult, Routes } from 'discord.js';
import type { DiscordOptions } from '../../configuration/platforms.js';
import { checkToken, explain, restOptions } from './client.js';
import { NEEDED } from './permissions.js';

const AUTHORIZE = 'https://discord.com/oauth2/authorize';

/**
 * The link that invites the bot to a server, with exactly the permissions it needs.
 *
 * @throws {InputError} the token is wrong, or Discord cannot be reached
 */
export async function discordInvite(settings: DiscordOptions): Promise<string> {
  try {
    const rest = new REST(restOptions(settings)).setToken(checkToken(settings.token));
    const application = await rest.get(Routes.currentApplication());
    const query = new URLSearchParams({
      client_id: (application as RESTGetCurrentApplicationResult).id,
      scope: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' '),
      permissions: String(NEEDED),
    });
    return `${AUTHORIZE}?${query}`;
  } catch (error) {
    throw explain(error, settings);
  }
}
