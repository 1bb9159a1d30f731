import { formatProbability } from '../text/numbers.js';
import { counted } from '../text/units.js';
import type { Clues } from './clues.js';
import type { Sureness } from './report.js';

/** A leading definition of this probability stands out. */
const CLEAR = 0.1;

/**
 * How far the kinds of evidence agree, by four signs: a leading definition that stands out, words that definitions and
 * texts share, one token or enough texts to tell, and a dreamt text that activates the feature as much as any seen.
 * Three or more signs make it good, none or one little; this is not a probability (docs/methods.md).
 */
export function sureness(clues: Clues, shared: readonly string[]): Sureness {
  const signs = [definitionSign(clues), sharedSign(shared), firingSign(clues), dreamSign(clues)];
  const good = signs.filter((sign) => sign?.speaksFor).length;
  const because = signs.flatMap((sign) => (sign ? [sign.fact] : []));
  if (!clues.trusted) because.push('the activations of this SAE are not to be trusted');
  const level = good >= 3 && clues.trusted ? 'good' : good >= 2 ? 'some' : 'little';
  return { level, because };
}

interface Sign {
  speaksFor: boolean;
  fact: string;
}

function definitionSign({ definitions, generic, bestScale }: Clues): Sign | undefined {
  if (generic) return { speaksFor: false, fact: 'all definitions are generic' };
  const [first] = definitions;
  if (!first) return { speaksFor: false, fact: 'no definition reaches the cutoff' };
  const fact = `the leading definition has ${formatProbability(first.probability)}`;
  if (!bestScale) return { speaksFor: false, fact: `${fact}, but no scale speaks best` };
  return { speaksFor: first.probability >= CLEAR, fact };
}

function sharedSign(shared: readonly string[]): Sign {
  if (shared.length === 0) return { speaksFor: false, fact: 'definitions and texts share no words' };
  return {
    speaksFor: true,
    fact: `definitions share ${shared.length === 1 ? 'a word' : counted(shared.length, 'word')} with other evidence`,
  };
}

function firingSign({ firing, trusted }: Clues): Sign | undefined {
  if (!firing || !trusted) return undefined;
  const where = `active in ${firing.active} of ${counted(firing.texts, 'text')} of the model's own`;
  return { speaksFor: firing.verdict !== 'unknown', fact: where };
}

function dreamSign({ dreamt, maximum, trusted }: Clues): Sign | undefined {
  if (dreamt === null && trusted) return { speaksFor: false, fact: 'no dreamt text activates it' };
  if (!dreamt || maximum === undefined || maximum <= 0 || !trusted) return undefined;
  const ratio = dreamt.strongest / maximum;
  return {
    speaksFor: ratio >= 1,
    fact: `dreamt text reaches ${Number(ratio.toPrecision(2))} × the largest activation of the corpus`,
  };
}
