import type { ModalBuilder, ModalSubmitInteraction } from 'discord.js';
import { findCommand } from '../../../../commands/index.js';
import type { Configuration } from '../../../configuration/index.js';
import { offeredModels } from '../../../configuration/manifest.js';
import { lineOf } from '../commands/commandLine.js';
import { form, MOST_CHOICES, select, text } from './parts.js';

export const FORM_ID = 'feature-form';

/** The form that `/feature` opens: of all options the four that matter most, and a line for the others. */
export function featureForm({ models, settings }: Configuration): ModalBuilder {
  const ids = offeredModels(models)
    .map(({ id }) => id)
    .slice(0, MOST_CHOICES);
  return form(
    FORM_ID,
    'Draw a feature',
    text('feature', 'Feature', 'Its layer and number, or an address of neuronpedia.org', '10 777', true),
    select('weights', meaningOf('weights'), weights(), settings.defaults.weights),
    text('scale', 'Scale', `${meaningOf('scale')}; empty: ${settings.defaults.scale}`, '4', false),
    select('model', meaningOf('model'), ids, settings.model),
    text('more', 'More options', 'As in: top=3 cutoff=0.001 theme=light', '', false),
  );
}

/** The command line that a filled form stands for. */
export function lineOfForm({ fields }: ModalSubmitInteraction, { settings }: Configuration): string {
  const [weights] = fields.getStringSelectValues('weights');
  const [model] = fields.getStringSelectValues('model');
  const scale = fields.getTextInputValue('scale').trim();
  const values: [string, string][] = [];
  // A default that was not changed is left out, because the address or the last field may set another value.
  if (model && model !== settings.model) values.push(['model', model]);
  if (weights && weights !== settings.defaults.weights) values.push(['weights', weights]);
  if (scale) values.push(['scale', scale]);
  return `${lineOf([fields.getTextInputValue('feature').trim()], values)} ${fields.getTextInputValue('more')}`.trim();
}

function weights(): readonly string[] {
  return optionNamed('weights')?.choices ?? [];
}

function meaningOf(name: string): string {
  const meaning = optionNamed(name)?.meaning ?? '';
  return meaning.charAt(0).toUpperCase() + meaning.slice(1);
}

function optionNamed(name: string) {
  return findCommand('feature').options.find((option) => option.name === name);
}
