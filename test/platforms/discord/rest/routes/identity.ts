import { Form } from '../../forms/form.js';
import type { IdentifyLimit, Sharding } from '../../gateway/shards.js';
import { refusal } from '../../protocol/errors.js';
import { ChannelType } from '../../protocol/numbers.js';
import { snowflake } from '../../protocol/snowflake.js';
import type { JsonObject } from '../../world/records.js';
import { channelJson, userJson } from '../../world/wire.js';
import type { World } from '../../world/world.js';
import type { Route } from '../route.js';

/** Who the bot is, who others are, and where the gateway stands. */
export function identityRoutes(
  world: World,
  gatewayUrl: () => string,
  { shards, sessions, maxConcurrency }: Sharding,
  limit: IdentifyLimit,
): Route[] {
  const application = (): JsonObject => ({
    id: world.applicationId,
    name: world.bot.username,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
    approximate_guild_count: world.guilds.size,
    owner: userJson(world.bot),
    team: null,
    bot: userJson(world.bot),
  });
  return [
    { method: 'GET', path: '/gateway', open: true, handle: () => ({ url: gatewayUrl() }) },
    {
      method: 'GET',
      path: '/gateway/bot',
      handle: () => ({
        url: gatewayUrl(),
        shards,
        session_start_limit: {
          total: sessions,
          remaining: limit.remaining,
          reset_after: 86_400_000,
          max_concurrency: maxConcurrency,
        },
      }),
    },
    {
      method: 'GET',
      path: '/users/@me',
      handle: () => ({ ...userJson(world.bot), verified: true, email: null }),
    },
    { method: 'GET', path: '/applications/@me', handle: application },
    { method: 'GET', path: '/oauth2/applications/@me', handle: application },
    {
      method: 'GET',
      path: '/users/:user',
      handle: ({ params }) => {
        const user = world.users.get(params.user!);
        if (!user) throw refusal('unknownUser');
        return userJson(user);
      },
    },
    {
      method: 'POST',
      path: '/users/@me/channels',
      handle: ({ body }) => {
        const form = Form.of(body);
        const recipient = form.snowflake('recipient_id', true);
        form.finish();
        return channelJson(world, directChannel(world, recipient!));
      },
    },
  ];
}

/** The direct message channel with a person, made when there is none. */
export function directChannel(world: World, userId: string) {
  if (!world.users.has(userId)) throw refusal('unknownUser');
  if (userId === world.bot.id) throw refusal('cannotMessageUser');
  const known = [...world.channels.values()].find(
    ({ type, recipientId }) => type === ChannelType.DM && recipientId === userId,
  );
  if (known) return known;
  const channel = {
    id: snowflake(),
    type: ChannelType.DM,
    name: '',
    overwrites: new Map(),
    recipientId: userId,
  };
  world.channels.set(channel.id, channel);
  return channel;
}
