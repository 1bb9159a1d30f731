import { isZone, zoneNamed, zoneNames } from '../../src/schedule/zones.js';
import { checkedOption, type Given, ruledOption, suggestion } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import { parseDays } from './weekdays.js';

export const VERBS = ['on', 'off', 'now', 'show', 'skip', 'best'] as const;
export type Verb = (typeof VERBS)[number];

const LIST = /^list:(.+)$/i;
const PICKS = ['random', 'interesting'] as const;
/** Enough for a year. */
const MOST_LISTED = 366;

const at = checkedOption({
  name: 'at',
  meaning: 'local time of the post',
  range: 'a time from 00:00 to 23:59',
  parse(text) {
    const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
    return hour && minute ? `${hour.padStart(2, '0')}:${minute}` : undefined;
  },
});

const zone = checkedOption({
  name: 'zone',
  meaning: 'time zone of the place where the channel reads',
  range: 'the name of a time zone, as Europe/Berlin or UTC',
  parse: (text) => zoneNamed(text) ?? (isZone(text) ? text : undefined),
  hint(text) {
    // Most people know the city, but not the continent that is in the zone's name.
    const typed = text.replaceAll(' ', '_').toLowerCase();
    const names = zoneNames();
    const city = names.find((name) => name.toLowerCase().endsWith(`/${typed}`));
    return city ? ` Did you mean "${city}"?` : suggestion(typed, names);
  },
});

const days = checkedOption({
  name: 'days',
  meaning: 'days of the week with a post',
  range: 'daily, or days such as mon-fri or mon,wed,sat',
  parse: parseDays,
});

/** Which features; a list's addresses are read when the model is known. */
const pick = checkedOption({
  name: 'pick',
  meaning: 'which features',
  range: 'random, interesting, or features in their order as list:10/777,10/12',
  parse(text) {
    const word = PICKS.find((name) => name === text.toLowerCase());
    if (word) return word;
    const list = LIST.exec(text)?.[1]
      ?.split(',')
      .map((address) => address.trim());
    return list && list.length <= MOST_LISTED && list.every(Boolean) ? { list } : undefined;
  },
  hint: (text) => (LIST.test(text) ? '' : suggestion(text, PICKS)),
});

const layer = ruledOption('layer', 'features of this layer only', { kind: 'whole', range: [0, 9999] });
const models = parameterOptions('kind').filter((option) => option.name === 'model');

/** Options of `/daily on`. */
export const DAILY_OPTIONS = [at, zone, days, ...models, layer, pick] as const;

/** The values that were given. */
export type DailyValues = Given<typeof DAILY_OPTIONS>;
