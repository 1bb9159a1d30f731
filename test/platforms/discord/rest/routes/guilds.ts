import { refusal } from '../../protocol/errors.js';
import type { Guild } from '../../world/records.js';
import {
  channelJson,
  guildJson,
  memberJson,
  roleJson,
  threadMemberJson,
  userJson,
} from '../../world/wire.js';
import type { World } from '../../world/world.js';
import type { Route } from '../route.js';

/** What a bot may look up of the guilds it is in. */
export function guildRoutes(world: World): Route[] {
  const joined = (id: string | undefined): Guild => {
    const guild = world.guilds.get(id ?? '');
    if (!guild) throw refusal('unknownGuild');
    if (!guild.members.has(world.bot.id)) throw refusal('missingAccess');
    return guild;
  };
  const memberOf = (guild: Guild, userId: string) => {
    const member = guild.members.get(userId);
    if (!member) throw refusal(world.users.has(userId) ? 'unknownMember' : 'unknownUser');
    return { ...memberJson(member), user: userJson(member.user) };
  };
  /** Of the bot's roles, whatever channels say. */
  const permissionsIn = ({ id, roles, members }: Guild) =>
    [id, ...members.get(world.bot.id)!.roleIds].reduce((all, role) => all | roles.get(role)!.permissions, 0n);
  const channelsOf = (guild: Guild) =>
    [...world.channels.values()].filter(({ guildId }) => guildId === guild.id);
  return [
    {
      method: 'GET',
      path: '/users/@me/guilds',
      handle: () =>
        [...world.guilds.values()]
          .filter((guild) => guild.members.has(world.bot.id))
          .map((guild) => ({
            id: guild.id,
            name: guild.name,
            icon: null,
            owner: false,
            permissions: String(permissionsIn(guild)),
            features: [],
          })),
    },
    {
      method: 'GET',
      path: '/guilds/:guild',
      handle: ({ params }) => guildJson(world, joined(params.guild)),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/roles',
      handle: ({ params }) => [...joined(params.guild).roles.values()].map(roleJson),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/channels',
      handle: ({ params }) =>
        channelsOf(joined(params.guild))
          .filter(({ thread }) => !thread)
          .map((channel) => channelJson(world, channel)),
    },
    {
      method: 'GET',
      path: '/guilds/:guild/threads/active',
      handle: ({ params }) => {
        const threads = channelsOf(joined(params.guild)).filter(({ thread }) => thread && !thread.archived);
        const mine = threads.filter(({ thread }) => thread!.memberIds.has(world.bot.id));
        return {
          threads: threads.map((thread) => channelJson(world, thread)),
          members: mine.map((thread) => threadMemberJson(thread, world.bot.id)),
        };
      },
    },
    {
      method: 'GET',
      path: '/guilds/:guild/members/:user',
      handle: ({ params }) => memberOf(joined(params.guild), params.user!),
    },
  ];
}
