import { aroundPeak } from '../../renderers/sheet/aroundPeak.js';
import { strongestDefinitions } from '../../renderers/text/definitions.js';
import type {
  DreamReport,
  EvidenceExample,
  FeatureReport,
  LensToken,
  SaeParity,
} from '../../src/core/index.js';
import type { Clues, ExplainParts } from '../../src/explanation/index.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

const DEFINITIONS = 5;
const TOKENS = 8;
const LENS_TOKENS = 6;
const LONGEST_TOKEN = 40;
const LONGEST_TEXT = 160;
/** Tokens shown around a peak, and characters shown before a tried token. */
const ROOM = { before: 10, after: 3 };
const BEFORE = 40;

/** Whether the SAE reconstructs well enough for activations to mean anything. */
export function isTrusted({ status, explainedVariance }: SaeParity): boolean {
  return status !== 'unverified' && explainedVariance > 0;
}

/**
 * What the parts say, in visible characters.
 *
 * @param shown examples that the explanation may be made from
 */
export function cluesOf(
  { feature, kind, dream, evidence }: ExplainParts,
  shown: readonly EvidenceExample[],
  trusted: boolean,
): Clues {
  const firing = kind?.firing ?? feature?.kind?.firing;
  return {
    ...definitionsOf(feature),
    bestScale: feature?.ghost.chosen === 'readBack',
    tokens: trusted ? tokensOf(feature) : [],
    ...(firing && {
      firing: {
        verdict: firing.verdict,
        active: firing.active,
        texts: firing.texts,
        ...(firing.token && { token: word(firing.token.token) }),
        ...(firing.share && { share: firing.share.value }),
      },
    }),
    ...((kind ?? feature?.kind) && { class: (kind ?? feature?.kind)!.class }),
    promoted: lensWords(kind?.promoted),
    suppressed: lensWords(kind?.suppressed),
    examples: shown.map(exampleOf),
    ...(evidence?.maximum !== undefined && { maximum: evidence.maximum }),
    ...dreamOf(dream),
    trusted,
  };
}

function definitionsOf(feature: FeatureReport | undefined): Pick<Clues, 'definitions' | 'generic'> {
  if (!feature) return { definitions: [], generic: false };
  const strongest = strongestDefinitions(feature.tree.root, DEFINITIONS);
  const particular = strongest.filter(({ generic }) => !generic);
  return {
    definitions: particular.map(({ text, probability }) => ({ text: short(text), probability })),
    generic: strongest.length > 0 && particular.length === 0,
  };
}

function tokensOf(feature: FeatureReport | undefined): Clues['tokens'] {
  return (feature?.tokens ?? [])
    .filter(({ activation = 0, context }) => activation > 0 && context)
    .slice(0, TOKENS)
    .map(({ token, activation, context }) => ({
      token: readable(shorten(token, LONGEST_TOKEN)),
      before: readable([...context!.before].slice(-BEFORE).join('')),
      activation: activation!,
    }));
}

function exampleOf(example: EvidenceExample): Clues['examples'][number] {
  const { tokens, peak, cut, rest = '' } = aroundPeak(example, ROOM);
  const at = peak ?? 0;
  return {
    text: `${cut ? '…' : ''}${short(tokens.join('').trim())}${rest}`,
    token: word(tokens[at] ?? ''),
    activation: Math.max(0, ...example.activations),
  };
}

function dreamOf(dream: DreamReport | undefined): Pick<Clues, 'dreamt'> {
  const index = dream?.chosen.fluent ?? dream?.chosen.strongest;
  const text = index == null ? undefined : dream!.front[index];
  if (!text) return dream ? { dreamt: null } : {};
  return {
    dreamt: {
      text: short(text.text),
      activation: text.activation,
      fluent: index === dream!.chosen.fluent,
      strongest: Math.max(...dream!.front.map(({ activation }) => activation)),
    },
  };
}

function lensWords(tokens: readonly LensToken[] | undefined): string[] {
  return (tokens ?? []).slice(0, LENS_TOKENS).map(({ token }) => word(token));
}

/** A token in a sentence, without the space before it. */
function word(token: string): string {
  const text = token.trim();
  return text === '' ? visibleToken(token) : readable(shorten(text, LONGEST_TOKEN));
}

function short(text: string): string {
  return shorten(readable(text), LONGEST_TEXT);
}
