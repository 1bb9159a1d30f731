import type { webApi } from '@slack/bolt';

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
