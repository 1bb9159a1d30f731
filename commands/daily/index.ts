import { InputError } from '../../src/core/index.js';
import { type Command, type PlanControl, textReply } from '../line/command.js';
import { quoted } from '../line/grammar.js';
import { parseOptions, shortened, suggestion } from '../line/options.js';
import { changedSchedule } from './change.js';
import { DAILY_OPTIONS, type DailyValues, VERBS, type Verb } from './options.js';

const TITLE = 'Feature of the day';

/** What everybody may ask. */
const HARMLESS: readonly Verb[] = ['show', 'best'];

/** `/daily`: a channel's feature of the day. */
export const daily: Command = {
  name: 'daily',
  summary: 'this channel’s feature of the day: on, off, now, show, skip or best',
  usage: 'daily <on|off|now|show|skip|best> [key=value ...]',
  examples: [
    'daily on',
    'daily on at=09:00 zone=Europe/Berlin days=mon-fri pick=interesting',
    'daily on days=mon,thu layer=10 pick=random',
    'daily on pick=list:10/777,10/12',
    'daily show',
    'daily now',
    'daily best',
  ],
  options: DAILY_OPTIONS,
  verbs: [...VERBS],
  slash: true,

  plan({ words, values: given }, context) {
    const verb = verbIn(words);
    const values = readValues(verb, given);
    const { schedules: book, configuration, now = Date.now } = context;
    // Wrong values are reported first, whether or not the person may change the schedule.
    if (verb === 'on') changedSchedule(undefined, values, { channel: '', now: 0, configuration });
    if (!book) {
      throw new InputError(
        'A feature of the day belongs to a channel: type /daily in Slack or Discord, where `ghosttree serve` answers.',
      );
    }
    return {
      title: TITLE,
      line: ['daily', verb, ...[...given].map(([key, value]) => `${key}=${quoted(value)}`)].join(' '),
      scope: 'private',
      async run(control) {
        if (!HARMLESS.includes(verb)) await requireManager(control);
        const { person, channel } = control.asker!;
        const { DEEDS } = await import('./verbs.js');
        const desk = { book, channel, person, now: now(), configuration };
        return textReply(TITLE, await DEEDS[verb](desk, values));
      },
    };
  },
};

/** Without a word it is `show`. @throws {InputError} when the words are not exactly one of the verbs */
function verbIn([word = 'show', ...more]: readonly string[]): Verb {
  const verb = VERBS.find((name) => name === word.toLowerCase());
  if (!verb) {
    throw new InputError(
      `There is no "daily ${shortened(word)}".${suggestion(word, VERBS)} There are: ${VERBS.join(', ')}.`,
    );
  }
  if (more.length > 0) {
    throw new InputError(
      `"${shortened(more.join(' '))}" says nothing here: options are written as at=09:00 zone=Europe/Berlin.`,
    );
  }
  return verb;
}

function readValues(verb: Verb, given: ReadonlyMap<string, string>): DailyValues {
  const [first] = given.keys();
  if (verb !== 'on' && first !== undefined) {
    throw new InputError(`daily ${verb} takes no options: ${shortened(first)}= belongs to daily on.`);
  }
  return parseOptions({ values: given }, DAILY_OPTIONS);
}

/** @throws {InputError} when the person may not change what happens in the channel */
async function requireManager({ manager }: PlanControl): Promise<void> {
  if (await manager?.()) return;
  throw new InputError(
    'Only somebody who manages this channel may change its schedule: in Slack an admin or who made the channel, in Discord who has the permission Manage Channels. `daily show` and `daily best` are for everybody.',
  );
}
