import type { App } from '@slack/bolt';
import type { Conversations } from '../chat/conversations.js';
import { workspaceIn } from './workspaces/workspaces.js';

/** Hands reactions to messages on as votes. */
export function listenToReactions(app: App, conversations: Conversations): void {
  for (const name of ['reaction_added', 'reaction_removed'] as const) {
    app.event(name, async ({ event, context }) => {
      const { team, botUser } = workspaceIn(context);
      const { item, user, reaction } = event;
      if (item.type !== 'message' || user === botUser) return;
      await conversations.react({
        message: `slack:${team}:${item.channel}:${item.ts}`,
        person: `slack:${team}:${user}`,
        reaction,
        added: name === 'reaction_added',
      });
    });
  }
}
