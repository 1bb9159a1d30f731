import type { Fault, Faults } from '../../test/platforms/slack/transport/faults.js';
import type { Dice } from './dice.js';

const METHODS = [
  'chat.postMessage',
  'chat.postMessage',
  'chat.update',
  'files.getUploadURLExternal',
  'upload',
  'files.completeUploadExternal',
  'files.info',
];

/** Plans a fault for one of the next calls to Slack. */
export function planSlackFault(faults: Faults, dice: Dice): void {
  const method = dice.pick(METHODS);
  const plans: (() => void)[] = [
    () => faults.rateLimit(method, { retryAfter: dice.between(1, 2) }),
    () => faults.status(method, dice.pick([500, 502, 503])),
    () => faults.drop(method, 'before'),
    () => faults.drop(method, 'after'),
    () => faults.delay(method, dice.between(500, 3_000)),
    () => faults.error(method, 'internal_error'),
    () => faults.error('files.getUploadURLExternal', 'file_uploads_disabled'),
    () => faults.error('chat.postMessage', 'not_in_channel'),
  ];
  dice.pick(plans)();
}

/** A fault's name in the table. */
export function slackFault(fault: Fault): string {
  if (fault.kind === 'rateLimit') return 'HTTP 429';
  if (fault.kind === 'status') return 'HTTP 5xx';
  if (fault.kind === 'drop') return `connection dropped ${fault.when} the effect`;
  if (fault.kind === 'delay') return 'slow answer';
  return fault.code === 'file_uploads_disabled' ? 'refused file' : fault.code;
}
