import type { ModalBuilder, ModalSubmitInteraction } from 'discord.js';
import { activateLine } from '../../../../commands/activate/texts.js';
import { isTooLong } from '../../../../commands/line/grammar.js';
import type { Configuration } from '../../../configuration/index.js';
import { offeredModels } from '../../../configuration/manifest.js';
import { form, MOST_CHOICES, paragraph, select, text } from './parts.js';

/** Followed by the id of the message whose text the form holds, if any. */
const ACTIVATE_FORM = 'activate-form:';

/** Characters that Discord allows in a field. */
const MOST_TEXT = 4_000;

/** The form for the activations on a message's text, filled in so that it can be sent unchanged. */
export function activateForm(
  configuration: Configuration,
  { id, content }: { id: string; content: string } = { id: '', content: '' },
): ModalBuilder {
  const { layers, chosen } = layersOffered(configuration);
  return form(
    ACTIVATE_FORM + id,
    'Features on this text',
    select('layer', 'A layer that has an SAE', layers, chosen),
    text('feature', 'Feature', 'Its number; empty: the most active features of the layer', '777', false),
    paragraph('text', 'Text', 'Each line is read as a text of its own', content.slice(0, MOST_TEXT)),
  );
}

/** The message whose text a form holds, empty where it came from no message; undefined for other forms. */
export function messageOfForm({ customId }: Pick<ModalSubmitInteraction, 'customId'>): string | undefined {
  return customId.startsWith(ACTIVATE_FORM) ? customId.slice(ACTIVATE_FORM.length) : undefined;
}

/** The command line that a filled form stands for. */
export function lineOfActivateForm({ fields }: ModalSubmitInteraction): string {
  const [layer = '', model] = (fields.getStringSelectValues('layer')[0] ?? '').split(' ');
  const feature = fields.getTextInputValue('feature').trim();
  const text = fields.getTextInputValue('text');
  if (isTooLong(text)) return text;
  return activateLine({
    layer,
    feature,
    text,
    options: model ? [model] : [],
  });
}

/** Layers as parts of a command line: the default model's come first, so that none is cut; its last one is chosen. */
function layersOffered({ models, settings }: Configuration): { layers: string[]; chosen: string } {
  const offered = offeredModels(models).map(({ id, layers }) =>
    layers.map((layer) => `${layer} model=${id}`),
  );
  const preselected = offered.find(([first]) => first?.endsWith(` model=${settings.model}`)) ?? offered[0]!;
  const all = [...preselected, ...offered.filter((layers) => layers !== preselected).flat()];
  return { layers: all.slice(0, MOST_CHOICES), chosen: preselected.slice(0, MOST_CHOICES).at(-1)! };
}
