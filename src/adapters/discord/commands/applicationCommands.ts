import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { findCommand, slashCommands } from '../../../../commands/index.js';
import type { Command } from '../../../../commands/line/command.js';
import { type Option, withinLimits } from '../../../../commands/line/options.js';
import type { Configuration } from '../../../configuration/index.js';
import { shorten } from '../../../text/shorten.js';

export const FEATURE_COMMAND = 'feature';
/** Opens a form, too, when it is typed without options. */
export const TEXTS_COMMAND = 'activate';
export const LINE_COMMAND = 'ghosttree';
export const EXPLAIN_COMMAND = 'Explain this feature';
export const TEXT_COMMAND = 'Features on this text';

/** Options that name the feature; the others are `key=value` of the command line. */
export const ADDRESS_OPTIONS = ['address', 'layer', 'feature'];
/** The first word of commands that name no feature. */
export const VERB_OPTION = 'do';
/** The one option of `/ghosttree`. */
export const LINE_OPTION = 'command';

const DESCRIPTION_LENGTH = 100;

const WHERE = {
  integration_types: [ApplicationIntegrationType.GuildInstall],
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
};

/** The commands that people are offered, with options typed by the commands' descriptions of them. */
export function applicationCommands(configuration: Configuration): RESTPostAPIApplicationCommandsJSONBody[] {
  const feature = findCommand(FEATURE_COMMAND);
  const optionsOf = ({ options }: Command) => withinLimits(options, configuration.settings.limits).map(typed);
  return [
    {
      type: ApplicationCommandType.ChatInput,
      name: FEATURE_COMMAND,
      description: described(`Draws ${feature.summary}`),
      options: [...addressOptions(configuration), ...optionsOf(feature)],
      ...WHERE,
    },
    ...slashCommands().map(
      (command): RESTPostAPIApplicationCommandsJSONBody => ({
        type: ApplicationCommandType.ChatInput,
        name: command.name,
        description: described(`Tells ${command.summary}`),
        options: [
          ...(command.verbs ? [verbOption(command.verbs)] : addressOptions(configuration)),
          ...optionsOf(command),
        ],
        ...WHERE,
      }),
    ),
    {
      type: ApplicationCommandType.ChatInput,
      name: LINE_COMMAND,
      description: 'Lists the models, helps, or runs a command line',
      options: [
        {
          type: ApplicationCommandOptionType.String,
          name: LINE_OPTION,
          description: 'models, help, help feature, or a line such as: 10 777 scale=4',
        },
      ],
      ...WHERE,
    },
    { type: ApplicationCommandType.Message, name: EXPLAIN_COMMAND, ...WHERE },
    { type: ApplicationCommandType.Message, name: TEXT_COMMAND, ...WHERE },
  ];
}

/** The option that says what a command without a feature does. */
function verbOption(verbs: readonly string[]): APIApplicationCommandBasicOption {
  return {
    type: ApplicationCommandOptionType.String,
    name: VERB_OPTION,
    description: 'What to do',
    required: true,
    choices: verbs.map((verb) => ({ name: verb, value: verb })),
  };
}

function addressOptions({ models }: Configuration): APIApplicationCommandBasicOption[] {
  const last = Math.max(...[...models.values()].map(({ features }) => features)) - 1;
  return [
    {
      type: ApplicationCommandOptionType.Integer,
      name: 'layer',
      description: 'A layer that has an SAE',
      min_value: 0,
      autocomplete: true,
    },
    {
      type: ApplicationCommandOptionType.Integer,
      name: 'feature',
      description: 'The number of the feature',
      min_value: 0,
      max_value: last,
    },
    {
      type: ApplicationCommandOptionType.String,
      name: 'address',
      description: 'Instead of layer and feature: L10 F777, 10/777, 10 random, or a neuronpedia.org link',
    },
  ];
}

function typed({ name, meaning, range, choices, numbers }: Option): APIApplicationCommandBasicOption {
  if (numbers) {
    const { minimum, maximum, integer } = numbers;
    const { Integer, Number: Float } = ApplicationCommandOptionType;
    return {
      // Discord's types allow only one of the two here; the fields are the same.
      type: (integer ? Integer : Float) as ApplicationCommandOptionType.Number,
      name,
      description: described(meaning),
      min_value: minimum,
      // Discord knows no larger number; the command itself checks, too.
      ...(maximum < Number.MAX_SAFE_INTEGER ? { max_value: maximum } : {}),
    };
  }
  const type = ApplicationCommandOptionType.String;
  if (choices) {
    const offered = choices.map((choice) => ({ name: choice, value: choice }));
    return { type, name, description: described(meaning), choices: offered };
  }
  const description = described(`${meaning}: ${range}`);
  return name === 'model' ? { type, name, description, autocomplete: true } : { type, name, description };
}

function described(text: string): string {
  return shorten(text, DESCRIPTION_LENGTH);
}
