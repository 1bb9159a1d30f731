import type { Fault, Faults } from '../../test/platforms/discord/rest/faults.js';
import type { Dice } from './dice.js';

export const CALLBACK = 'POST /interactions/:interaction/:token/callback';
const THREADS = 'POST /channels/:channel/messages/:message/threads';
const ROUTES = [
  'POST /channels/:channel/messages',
  'POST /channels/:channel/messages',
  THREADS,
  'PATCH /webhooks/:application/:token/messages/:message',
  CALLBACK,
];
/** An acknowledgement that is held up longer fails whatever the bot does. */
const LONGEST_ACK_DELAY = 500;
export const SHORTEST_DELAY = 100;

/** Plans a fault for one of the next calls to Discord. */
export function planDiscordFault(faults: Faults, dice: Dice): void {
  const route = dice.pick(ROUTES);
  const longest = route === CALLBACK ? LONGEST_ACK_DELAY : 3_000;
  const when = dice.pick(['before', 'after'] as const);
  const plans: (() => void)[] = [
    () => faults.rateLimit(route, { retryAfter: dice.between(1, 2) }),
    () => faults.fail(route, { status: dice.pick([500, 502, 503]), when }),
    () => faults.drop(route, 'before'),
    () => faults.drop(route, 'after'),
    () => faults.delay(route, dice.between(SHORTEST_DELAY, longest), { when }),
    () => faults.refuseFiles(),
    () => faults.refuse(THREADS, 'missingPermissions'),
  ];
  dice.pick(plans)();
}

/** A fault's name in the table. */
export function discordFault(fault: Fault): string {
  if (fault.kind === 'rateLimit') return 'HTTP 429';
  if (fault.kind === 'status') return `HTTP 5xx ${fault.when} the effect`;
  if (fault.kind === 'drop') return `connection dropped ${fault.when} the effect`;
  if (fault.kind === 'delay') return 'slow answer';
  return fault.refusal === 'tooLarge' ? 'refused file' : 'refused thread';
}
