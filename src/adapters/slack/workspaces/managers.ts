import type { webApi } from '@slack/bolt';
import type { Managed } from '../../../../commands/line/command.js';
import type { Origin } from './workspace.js';

/**
 * Whether a person may manage a channel: workspace owners and admins may, and the person who made it. No when Slack
 * does not say.
 */
export async function isManager(client: webApi.WebClient, user: string, channel: string): Promise<boolean> {
  const answers = await Promise.allSettled([
    isAdmin(client, user),
    client.conversations.info({ channel }).then(({ channel: info }) => info?.creator === user),
  ]);
  return answers.some((answer) => answer.status === 'fulfilled' && answer.value);
}

/**
 * Whether a person may change what happens for everybody where they are, or in the whole workspace; in direct
 * messages everybody may.
 */
export async function manages(
  client: webApi.WebClient,
  { user, channel }: Pick<Origin, 'user' | 'channel'>,
  what: Managed = 'channel',
): Promise<boolean> {
  if (what === 'workspace') return isAdmin(client, user).catch(() => false);
  return channel.startsWith('D') || isManager(client, user, channel);
}

async function isAdmin(client: webApi.WebClient, user: string): Promise<boolean> {
  const { user: info } = await client.users.info({ user });
  return Boolean(info?.is_admin || info?.is_owner);
}
