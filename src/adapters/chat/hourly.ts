import { InputError } from '../../core/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Allowance, Store } from '../../store/index.js';
import { counted, durationText } from '../../text/units.js';

/** Most questions in an hour; 0: any number. */
export interface HourlyLimits {
  person: number;
  channel: number;
  workspace: number;
}

const WHOSE = { person: 'You have', channel: 'This channel has', workspace: 'This workspace has' };

/**
 * Counts a question of this person, in this channel and workspace.
 *
 * @throws {InputError} when one of them has had as many as are allowed, with the time until the next
 */
export async function takeHourly(
  asker: Asker,
  limits: HourlyLimits,
  { allowances }: Pick<Store, 'allowances'>,
): Promise<void> {
  const wanted = (['person', 'channel', 'workspace'] as const).flatMap(
    (kind): (Allowance & { kind: typeof kind })[] => {
      const name = asker[kind];
      // The kind stands before the name: a person may have the same id as a channel.
      return name && limits[kind] > 0 ? [{ key: `${kind} ${name}`, perHour: limits[kind], kind }] : [];
    },
  );
  if (wanted.length === 0) return;
  const refusal = await allowances.take(wanted);
  if (!refusal) return;
  const { kind } = wanted.find(({ key }) => key === refusal.used.key)!;
  throw new InputError(
    `${WHOSE[kind]} had the ${counted(refusal.used.perHour, 'question')} of an hour: please try again in ${durationText(Math.max(1000, refusal.milliseconds))}.`,
  );
}
