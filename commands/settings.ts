import { checkPresent, presenceOf } from '../src/configuration/manifest.js';
import { InputError, requireOneStrength } from '../src/core/index.js';
import type { Author, PlaceSettings, RoomSettings } from '../src/store/index.js';
import { findModel } from './line/address.js';
import { type Command, type CommandContext, type PlanControl, textReply } from './line/command.js';
import { quoted } from './line/grammar.js';
import {
  edged,
  type Option,
  parseOptions,
  ruledOption,
  shortened,
  suggestion,
  withinLimits,
} from './line/options.js';
import { parameterOptions } from './line/parameters.js';

const TITLE = 'Settings';
const VERBS = ['show', 'set', 'reset'] as const;
const SCOPE = ruledOption('scope', 'whose settings: this channel, or all of its workspace', {
  kind: 'choice',
  choices: ['channel', 'workspace'],
});
const SETTABLE = parameterOptions('feature');
type Scope = 'channel' | 'workspace';

/** `/settings`: the option values of a channel, or of all channels of a workspace. */
export const settings: Command = {
  name: 'settings',
  summary: 'this channel’s defaults of options, or how they are changed',
  usage: 'settings [show|set|reset] [key=value ...] [scope=channel|workspace]',
  examples: [
    'settings',
    'settings theme=light model=gpt2-small',
    'settings weights=decoder scope=workspace',
    'settings reset theme',
    'settings reset scope=workspace',
  ],
  options: [...SETTABLE, SCOPE],
  asks: 'feature',
  verbs: [...VERBS],
  slash: true,

  plan({ words, values }, context) {
    const { verb, names } = readVerb(words, values);
    const named = new Map([...values].filter(([name]) => name === 'scope'));
    const { scope = 'channel' } = parseOptions({ values: named }, [SCOPE]);
    const given = new Map([...values].filter(([name]) => name !== 'scope'));
    if (verb === 'set') checkValues(given, context);
    const store = context.placeSettings;
    if (!store) {
      throw new InputError(
        'Settings belong to a channel: type /settings in Slack or Discord, where `ghosttree serve` answers. Defaults everywhere are in config/ghosttree.yaml.',
      );
    }
    return {
      title: TITLE,
      line: [
        'settings',
        verb,
        ...names,
        ...[...values].map(([key, value]) => `${key}=${quoted(value)}`),
      ].join(' '),
      scope: 'private',
      async run(control) {
        const by = control.asker!;
        if (verb === 'show') return textReply(TITLE, await shown(store, by));
        const place = await placeOf(scope, by, control);
        const changes =
          verb === 'set' ? trimmed(given) : resets(await store.of(place), [...names, ...given.keys()]);
        await store.change(place, changes, {
          person: by.person,
          workspace: by.workspace,
          channel: by.channel,
        });
        return textReply(TITLE, await shown(store, by));
      },
    };
  },
};

/** Without a verb, given values mean `set` and no values mean `show`. @throws {InputError} */
function readVerb(words: readonly string[], values: ReadonlyMap<string, string>) {
  const [word = [...values.keys()].some((name) => name !== 'scope') ? 'set' : 'show', ...names] = words;
  const verb = VERBS.find((name) => name === word.toLowerCase());
  if (!verb) {
    throw new InputError(
      `There is no "settings ${shortened(word)}".${suggestion(word, VERBS)} There are: ${VERBS.join(', ')}.`,
    );
  }
  if (verb === 'set' && values.size === 0)
    throw new InputError('Nothing to set: expected key=value, as in: settings theme=light');
  const optionNames: string[] = SETTABLE.map(({ name }) => name);
  const unknown = names.find((name) => verb !== 'reset' || !optionNames.includes(name.toLowerCase()));
  if (unknown !== undefined) {
    const hint = verb === 'reset' ? suggestion(unknown, optionNames) : '';
    throw new InputError(
      `"${shortened(unknown)}" is no setting.${hint} Settings: ${optionNames.join(', ')}.`,
    );
  }
  return { verb, names: names.map((name) => name.toLowerCase()) };
}

/** @throws {InputError} when an option does not exist or cannot have the value */
function checkValues(given: ReadonlyMap<string, string>, { configuration }: CommandContext): void {
  const options = withinLimits(SETTABLE, configuration.settings.limits);
  const { model: named, clamp = 'off', steer = 'off' } = parseOptions({ values: given }, options);
  requireOneStrength({ clamp, steer });
  if (named === undefined) return;
  const model = findModel(named, configuration.models);
  const presence = presenceOf(model);
  checkPresent(model, presence, presence.layers[0] ?? model.layers[0]!);
}

/** The place to change. @throws {InputError} when the person may not change them, or has no workspace */
async function placeOf(scope: Scope, by: Author, { manager }: PlanControl): Promise<string> {
  const place = scope === 'channel' ? by.channel : by.workspace;
  if (place === undefined) {
    throw new InputError('Direct messages belong to no workspace: leave scope=workspace out.');
  }
  if (await manager?.(scope)) return place;
  throw new InputError(
    scope === 'channel'
      ? 'Only somebody who manages this channel may change its settings: in Slack an admin or who made the channel, in Discord who has the permission Manage Channels.'
      : 'Only somebody who manages the workspace may change its settings: in Slack an admin, in Discord who has the permission Manage Server.',
  );
}

function trimmed(given: ReadonlyMap<string, string>): RoomSettings {
  const options = new Map<string, Option>(settings.options.map((option) => [option.name, option]));
  return new Map([...given].map(([name, value]) => [name, edged(options.get(name) ?? {}, value)]));
}

/** Changes that take back the named settings, or all of them. */
function resets(before: RoomSettings, names: readonly string[]): Map<string, undefined> {
  return new Map((names.length > 0 ? names : [...before.keys()]).map((name) => [name, undefined]));
}

async function shown(store: PlaceSettings, { channel, workspace }: Author): Promise<string> {
  const places = [
    ['This channel', await store.of(channel)],
    ['Its workspace', workspace ? await store.of(workspace) : new Map<string, string>()],
  ] as const;
  const lines = places.map(([name, all]) => {
    const values = [...all].map(([key, value]) => `${key}=${quoted(value)}`);
    return `${name}: ${values.join(' ') || 'nothing set'}`;
  });
  return [
    ...lines,
    '',
    'What is typed counts first, then this channel, its workspace, the model, the configuration.',
    'Change: settings theme=light    Take back: settings reset theme',
  ].join('\n');
}
