import { ruledOption, textOption } from '../../commands/line/options.js';
import { WEIGHT_TYPES } from '../core/index.js';

export const LAYERS = textOption('layers', 'which SAEs', 'layers, as in layers=0,6,10, or all', (text) =>
  /^(all|\d{1,4}(\s*,\s*\d{1,4})*)$/i.test(text),
);
export const DTYPE = ruledOption('dtype', 'what the weights are held in', {
  kind: 'choice',
  choices: WEIGHT_TYPES,
});
export const SINCE = textOption(
  'since',
  'from when on',
  'a day, as 2026-11-01',
  (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
);
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
