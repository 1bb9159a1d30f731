import { PERMISSIONS } from '../protocol/permissions.js';
import type { AllowedMentions, Message, Revision } from '../world/records.js';
import type { World } from '../world/world.js';
import { withoutCode } from './codeSpans.js';

/** Whom a message notified. */
export interface Pings {
  readonly everyone: boolean;
  readonly here: boolean;
  readonly userIds: string[];
  readonly roleIds: string[];
}

/** Whom the message notified: those its first text names. Edits notify nobody, not even that of a deferred answer. */
export function pings(world: World, message: Message): Pings {
  return pingsOf(world, message, message.revisions[0]!);
}

/**
 * Whom any text the message has had would notify if it were new. An adapter that lets a name through in an edit
 * is one step from the accident, so this is what to hold against foreign text.
 */
export function pingsInAnyText(world: World, message: Message): Pings {
  const found = message.revisions.map((revision) => pingsOf(world, message, revision));
  return {
    everyone: found.some(({ everyone }) => everyone),
    here: found.some(({ here }) => here),
    userIds: [...new Set(found.flatMap(({ userIds }) => userIds))],
    roleIds: [...new Set(found.flatMap(({ roleIds }) => roleIds))],
  };
}

/** True when nobody at all is notified. */
export function isSilent({ everyone, here, userIds, roleIds }: Pings): boolean {
  return !everyone && !here && userIds.length === 0 && roleIds.length === 0;
}

/** Whom the present text mentions: the `mentions` fields of a message. */
export function mentionsOf(world: World, message: Message): Pings {
  return pingsOf(world, message, message.revisions.at(-1)!);
}

function pingsOf(world: World, message: Message, { content, allowedMentions }: Revision): Pings {
  const text = withoutCode(content);
  const channel = world.channels.get(message.channelId);
  const guild = channel && world.guildOf(channel);
  const mayMentionAll =
    channel !== undefined &&
    guild !== undefined &&
    (world.permissionsOf(message.author.id, channel) & PERMISSIONS.MentionEveryone) !== 0n;
  const allowsAll = parses(allowedMentions, 'everyone') && mayMentionAll;

  const userIds = ids(text, /<@!?(\d+)>/g).filter(
    (id) =>
      world.users.has(id) &&
      (parses(allowedMentions, 'users') || allowedMentions?.users?.includes(id) === true),
  );
  const replied = message.replyTo === undefined ? undefined : world.messages.get(message.replyTo);
  const pingsReplied = allowedMentions === undefined || allowedMentions.repliedUser === true;
  // Nobody notifies themselves: the bot's follow-ups refer to its own first answer.
  if (replied && pingsReplied && replied.author !== message.author) userIds.push(replied.author.id);

  const roleIds = ids(text, /<@&(\d+)>/g).filter((id) => {
    const role = guild?.roles.get(id);
    if (!role || !(role.mentionable || mayMentionAll)) return false;
    return parses(allowedMentions, 'roles') || allowedMentions?.roles?.includes(id) === true;
  });

  return {
    everyone: allowsAll && text.includes('@everyone'),
    here: allowsAll && text.includes('@here'),
    userIds: [...new Set(userIds)],
    roleIds,
  };
}

/** Without `allowed_mentions` everything in the text counts. */
function parses(allowed: AllowedMentions | undefined, kind: string): boolean {
  return allowed === undefined || allowed.parse?.includes(kind) === true;
}

function ids(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))];
}
