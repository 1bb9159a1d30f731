import type { webApi } from '@slack/bolt';
import type { Managed } from '../../../../commands/line/command.js';
import type { Origin } from './workspace.js';

/**
 * Whether a person may manage a channel: workspace owners and admins, and who made the channel. Counts as no
 * when Slack does not say.
 */
export async function isManager(client: webApi.WebClient, user: string, channel: string): Promise<boolean> {
  const answers = await Promise.allSettled([
    isAdmin(client, user),
    client.conversations.info({ channel }).then(({ channel: answered }) => answered?.creator === user),
  ]);
  return answers.some((answer) => answer.status === 'fulfilled' && answer.value);
}

/**
 * Whether a person may change what happens for everybody where they are, or in the whole workspace; direct messages
 * are their own.
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
  const { user: answered } = await client.users.info({ user });
  return Boolean(answered?.is_admin || answered?.is_owner);
}
