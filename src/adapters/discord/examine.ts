import {
  type APIUser,
  PermissionsBitField,
  REST,
  type RESTAPIPartialCurrentUserGuild,
  type RESTGetAPIGatewayBotResult,
  Routes,
} from 'discord.js';
import type { DiscordOptions } from '../../configuration/platforms.js';
import { checkToken, explain, restOptions } from './client.js';
import { discordInvite } from './invite.js';
import { NEEDED } from './permissions.js';

/** What Discord says of the bot. */
export interface DiscordExamination {
  botName: string;
  /** The servers that the bot is in, with the permissions that its roles lack there. */
  servers: { name: string; missing: string[] }[];
  /** How often the bot may still log in today. */
  loginsLeft: number;
  /** The link that invites it, with the permissions that it needs. */
  invite: string;
}

/**
 * Asks Discord whether the token is good and what the bot may do, without connecting.
 *
 * @throws {InputError} when the token is wrong; UnreachableError when Discord cannot be asked
 */
export async function examineDiscord(settings: DiscordOptions): Promise<DiscordExamination> {
  try {
    const rest = new REST({ ...restOptions(settings), retries: 0 }).setToken(checkToken(settings.token));
    const bot = (await rest.get(Routes.user())) as APIUser;
    const guilds = (await rest.get(Routes.userGuilds())) as RESTAPIPartialCurrentUserGuild[];
    const gateway = (await rest.get(Routes.gatewayBot())) as RESTGetAPIGatewayBotResult;
    return {
      botName: bot.username,
      servers: guilds.map(({ name, permissions }) => ({
        name,
        missing: new PermissionsBitField(BigInt(permissions)).missing(NEEDED),
      })),
      loginsLeft: gateway.session_start_limit.remaining,
      invite: await discordInvite(settings),
    };
  } catch (error) {
    throw explain(error, settings);
  }
}
