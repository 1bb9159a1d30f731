import type { webApi } from '@slack/bolt';
import type { Origin } from './workspace.js';

/**
 * Whether a person may manage a channel: workspace owners and admins, and who made the channel. Counts as no
 * when Slack does not say.
 */
export async function isManager(client: webApi.WebClient, user: string, channel: string): Promise<boolean> {
  const answers = await Promise.allSettled([
    client.users.info({ user }).then(({ user: known }) => Boolean(known?.is_admin || known?.is_owner)),
    client.conversations.info({ channel }).then(({ channel: known }) => known?.creator === user),
  ]);
  return answers.some((answer) => answer.status === 'fulfilled' && answer.value);
}

/** Whether a person may change what happens where they are for everybody; direct messages are their own. */
export async function managesChannel(
  client: webApi.WebClient,
  { user, channel }: Pick<Origin, 'user' | 'channel'>,
): Promise<boolean> {
  return channel.startsWith('D') || isManager(client, user, channel);
}
