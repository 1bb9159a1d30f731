import type { Dice } from './dice.js';

/** The tiny checkpoint has these; the people and channels are ours. */
const LAYERS = 2;
const FEATURES = 48;
export const PEOPLE = 20;
export const CHANNELS = 10;

const EQUAL_SHARE = 0.2;
const LARGER_SHARE = 0.1;
const MENTION_SHARE = 0.2;

/** One command that somebody will type. */
export interface Question {
  /** Its number in the run. */
  id: number;
  platform: 'slack' | 'discord';
  person: number;
  channel: number;
  layer: number;
  feature: number;
  scale: number;
  cutoff: number;
  /** Typed as a mention of the bot, not as a slash command. */
  mention: boolean;
}

/**
 * Questions for both platforms in turn. No person and no channel asks about one feature twice, so that every
 * message tells by its title and place which question it answers. Some ask what was asked elsewhere before.
 */
export function questions(count: number, dice: Dice): Question[] {
  const taken = new Set<string>();
  const made: Question[] = [];
  while (made.length < count) {
    const earlier = made.length > 10 && dice.chance(EQUAL_SHARE) ? dice.pick(made.slice(-40)) : undefined;
    const question: Question = {
      id: made.length,
      platform: dice.chance(0.5) ? 'slack' : 'discord',
      person: dice.between(0, PEOPLE - 1),
      channel: dice.between(0, CHANNELS - 1),
      layer: earlier?.layer ?? dice.between(0, LAYERS - 1),
      feature: earlier?.feature ?? dice.between(0, FEATURES - 1),
      scale: earlier?.scale ?? dice.between(200, 500) / 100,
      cutoff: earlier?.cutoff ?? (dice.chance(LARGER_SHARE) ? 0.005 : 0.02),
      mention: dice.chance(MENTION_SHARE),
    };
    const keys = keysOf(question);
    if (keys.some((key) => taken.has(key))) continue;
    for (const key of keys) taken.add(key);
    made.push(question);
  }
  return made;
}

/** Whether two people asked the same, so that one computation should do. */
export function distinct(all: readonly Question[]): number {
  return new Set(all.map(({ layer, feature, scale, cutoff }) => [layer, feature, scale, cutoff].join(' ')))
    .size;
}

/** What follows the name of the command. */
export function textOf({ layer, feature, scale, cutoff }: Question): string {
  return `${layer} ${feature} scale=${scale} cutoff=${cutoff} tokens=10`;
}

function keysOf({ platform, person, channel, layer, feature }: Question): string[] {
  const asked = `${layer}/${feature}`;
  return [`${platform} p${person} ${asked}`, `${platform} c${channel} ${asked}`];
}
