import type { ApplicationCommandOptionChoiceData, AutocompleteInteraction } from 'discord.js';
import type { Configuration } from '../../../configuration/index.js';
import { offeredModels } from '../../../configuration/manifest.js';
import { shorten } from '../../../text/shorten.js';

const MOST_CHOICES = 25;
const NAME_LENGTH = 100;

/** Choices that match what was typed so far: models on this machine, or layers of the chosen one with an SAE. */
export function choicesFor(
  { options }: Pick<AutocompleteInteraction, 'options'>,
  { models, settings }: Configuration,
): ApplicationCommandOptionChoiceData[] {
  const { name, value } = options.getFocused(true);
  const typed = value.toLowerCase();
  const offered = offeredModels(models);
  if (name === 'model') {
    return offered
      .map((model) => ({ name: shorten(`${model.id}: ${model.title}`, NAME_LENGTH), value: model.id }))
      .filter((choice) => choice.name.toLowerCase().includes(typed))
      .slice(0, MOST_CHOICES);
  }
  const id = options.getString('model')?.toLowerCase() ?? settings.model;
  const model = offered.find((candidate) => candidate.id === id);
  return (model?.layers ?? [])
    .filter((layer) => String(layer).startsWith(typed))
    .slice(0, MOST_CHOICES)
    .map((layer) => ({ name: `layer ${layer} of ${model!.id}`, value: layer }));
}
