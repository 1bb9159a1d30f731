import type { types } from '@slack/bolt';
import { activateLine } from '../../../../commands/activate/texts.js';
import type { Configuration } from '../../../configuration/index.js';
import {
  type Entered,
  enteredIn,
  FEATURE,
  type FormOrigin,
  type FormResult,
  featureComplaint,
  input,
  LAYER,
  layerInput,
  line,
  lines,
  modal,
  typedIn,
} from './parts.js';

export const ACTIVATE_FORM = 'activate_form';

const TEXT = 'text';

/** A form for the activations on a message's text, filled in so that it can be sent unchanged. */
export function activateForm(
  configuration: Configuration,
  origin: FormOrigin,
  text: string,
): types.ModalView {
  const feature = 'its number; empty: the most active features of the layer';
  const layer = 'empty: all layers of the default model';
  return modal(ACTIVATE_FORM, 'Features on this text', 'Read', origin, [
    layerInput(configuration, layer, true),
    input(FEATURE, 'Feature', feature, true, line('777')),
    input(TEXT, 'Text', 'each line is read as a text of its own', false, lines(text)),
  ]);
}

/** The command line that a sent form stands for, or complaints by block. */
export function readActivateForm(entered: Entered): FormResult {
  const errors: Record<string, string> = {};
  const [layer, model] = (enteredIn(entered, LAYER) ?? '').split(' ');
  const feature = enteredIn(entered, FEATURE);
  const text = typedIn(entered, TEXT);
  if (text === undefined) errors[TEXT] = 'Expected a text.';
  if (feature !== undefined) Object.assign(errors, featureComplaint(feature));
  if (feature !== undefined && !layer) errors[LAYER] = 'Please choose the layer of the feature.';
  if (Object.keys(errors).length > 0) return { errors };
  return { line: activateLine({ layer, feature, text: text!, options: model ? [model] : [] }) };
}
