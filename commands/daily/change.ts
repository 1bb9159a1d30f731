import type { Configuration } from '../../src/configuration/index.js';
import { InputError } from '../../src/core/index.js';
import type { PickBy, Schedule } from '../../src/schedule/index.js';
import { findModel, parseFeatureAddress, parseLayer } from '../line/address.js';
import type { DailyValues } from './options.js';
import { parseDays } from './weekdays.js';

/**
 * The schedule that `/daily on` makes: what is not given stays as it was, or is the configured default. A layer and a
 * list belong to a model, so another model drops them.
 *
 * @param before the channel's schedule so far
 * @throws {InputError} when a model, layer or feature does not exist or is not on this machine
 */
export function changedSchedule(
  before: Schedule | undefined,
  values: DailyValues,
  { channel, now, configuration }: { channel: string; now: number; configuration: Configuration },
): Omit<Schedule, 'setBy'> {
  const { settings, models } = configuration;
  const { daily } = settings;
  const model = findModel(values.model ?? before?.model ?? settings.model, models).id;
  const unchanged = before?.model === model ? before : undefined;
  const pick =
    values.pick ?? unchanged?.pick ?? (before && typeof before.pick === 'string' ? before.pick : daily.pick);
  const isList = typeof pick === 'object';
  if (isList && values.layer !== undefined) {
    throw new InputError('layer= and a list exclude each other: the list names its layers.');
  }
  const layer = isList ? undefined : (values.layer ?? unchanged?.layer);
  if (!isList) parseLayer(layer === undefined ? [] : [String(layer)], model, configuration);
  const timing = {
    at: values.at ?? before?.at ?? daily.at,
    zone: values.zone ?? before?.zone ?? daily.zone,
    days: values.days ?? before?.days ?? parseDays(daily.days)!,
  };
  const isSameTime =
    before &&
    Object.entries(timing).every(([key, value]) => String(value) === String(before[key as keyof Schedule]));
  return {
    channel,
    ...timing,
    model,
    ...(layer !== undefined && { layer }),
    pick: resolved(pick, model, configuration),
    // Kept when the time stays the same, so that today's post is neither made twice nor left out.
    since: isSameTime ? before.since : now,
    ...(before?.hastened !== undefined && { hastened: before.hastened }),
  };
}

/** A list with addresses in the form that the book stores. */
function resolved(pick: PickBy, model: string, configuration: Configuration): PickBy {
  if (typeof pick === 'string') return pick;
  const list = pick.list.map((address) => {
    const { layer, feature } = parseFeatureAddress([address], model, configuration);
    return `${layer}/${feature}`;
  });
  return { list: [...new Set(list)] };
}
