import { createHash } from 'node:crypto';
import type { Store } from '../../store/index.js';
import { completeText, listMessage, rememberedButtons } from '../chat/answerParts.js';
import type { Notice } from '../chat/platform.js';
import type { PresentedFeature } from './presented.js';

/** Most tokens in the list of a post, so that it fits one message. */
const LISTED = 25;
/** Characters in the id of a button. */
const ID_LENGTH = 32;

/** A day's post: what stands in the channel, and below it, in order. */
export interface PostNotices {
  announcement: Notice;
  /** As notices without the one they are below. */
  parts: Notice[];
}

/** The announcement of a day, as far as it is needed to look for it. */
export function announcementKey(channel: string, day: string): string {
  return `daily ${channel} ${day}`;
}

/**
 * What a channel is shown on a day. Keys, ids of buttons and file names depend on channel and day alone, so that
 * another process finds what this one posted.
 */
export async function noticesOf(
  channel: string,
  day: string,
  { title, line, sentence, reply, examples }: PresentedFeature,
  store: Pick<Store, 'rememberButton'>,
): Promise<PostNotices> {
  const key = announcementKey(channel, day);
  const about = (part: string) => ({ key: `${key} ${part}`, channel, title });
  const question = (name: string) => line.replace(/^feature\b/, name);
  const buttons = (part: string, actions: typeof reply.actions) =>
    rememberedButtons(actions, line, store, (label) => idOf(`${key} ${part} ${label}`));
  const asked = await buttons('announcement', reply.actions);
  const dream = await buttons('examples', [{ label: 'Dream', does: { line: question('dream') } }]);
  const { link, tokens } = reply;
  const list = listMessage({ ...reply, tokens: tokens.slice(0, LISTED) });
  const text = completeText(sentence, line);
  // The card alone: what is more is for whoever asks.
  const pictures = reply.pictures.slice(0, 1).map(
    (picture): Notice => ({
      ...about('picture'),
      shows: { picture: { ...picture, name: `feature-of-the-day-${day}.png` } },
    }),
  );
  const votes = 'Reactions to the message above are votes: one for each person. /daily best shows who won.';
  const lines = [
    ...examples,
    ...(examples.length > 0 ? [] : ['No examples of this feature are known.']),
    votes,
  ];
  return {
    announcement: {
      key,
      channel,
      title,
      shows: {
        message: { title: `Feature of the day · ${title}`, text, ...(link && { link }), buttons: asked },
      },
    },
    parts: [
      ...pictures,
      ...(list ? [{ ...about('list'), shows: { message: list } }] : []),
      { ...about('examples'), shows: { message: { text: lines.join('\n'), buttons: dream } } },
    ],
  };
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, ID_LENGTH);
}
