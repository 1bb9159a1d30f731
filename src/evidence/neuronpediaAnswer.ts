import { z } from 'zod';
import type { EvidenceExample, FeatureEvidence } from '../core/index.js';
import { shorten } from '../text/shorten.js';

const MOST_EXPLANATIONS = 3;
const EXPLANATION_LENGTH = 300;
/** Half of them can be held out when an explanation is scored. */
const MOST_EXAMPLES = 10;
const MOST_TOKENS = 512;
const TOKEN_LENGTH = 80;
/** Most items that are checked of a list, since a wrong one costs as much time as many right ones. */
const MOST_LOOKED_AT = 1_000;

/** A list of one type: the first wrong item ends the check, where a schema of zod would report every one. */
function listOf<Item>(isItem: (item: unknown) => item is Item) {
  return z.custom<Item[]>((value) => Array.isArray(value) && value.every(isItem));
}

function firstOf<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value) => (Array.isArray(value) ? value.slice(0, MOST_LOOKED_AT) : value),
    z.array(schema).nullish(),
  );
}

const isText = (item: unknown): item is string => typeof item === 'string';
const isNumber = (item: unknown): item is number => Number.isFinite(item);

/** The fields that are used; any may be missing or empty. */
const Answer = z.object({
  explanations: firstOf(z.object({ description: z.string().nullish() })),
  frac_nonzero: z.number().nullish(),
  maxActApprox: z.number().nullish(),
  activations: firstOf(
    z.object({ tokens: listOf(isText), values: listOf(isNumber), maxValue: z.number().nullish() }),
  ),
});

/**
 * Reads an answer of `GET /api/feature/{model}/{source}/{index}`. Its texts are untrusted: they are bounded, and
 * characters that control a terminal or change the reading direction are replaced.
 *
 * @throws {Error} when the answer has another shape
 */
export function readEvidence(answer: unknown): FeatureEvidence | undefined {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`unexpected shape at ${issue?.path.join('.') || 'the top'}`);
  }
  const { explanations, activations, frac_nonzero: density, maxActApprox } = parsed.data;
  const examples = (activations ?? [])
    .filter(({ tokens, values }) => tokens.length > 0 && tokens.length === values.length)
    .map(({ tokens, values }) => ({ tokens, activations: values, max: largest(values) }))
    .filter(({ max }) => max > 0)
    .sort((a, b) => b.max - a.max);
  const maximum = Math.max(0, maxActApprox ?? 0, examples[0]?.max ?? 0);
  const evidence: FeatureEvidence = {
    source: 'neuronpedia',
    ...(density != null && density >= 0 && density <= 1 && { density }),
    ...(maximum > 0 && { maximum }),
    explanations: (explanations ?? [])
      .map(({ description }) => shorten(harmless(description ?? '').trim(), EXPLANATION_LENGTH))
      .filter((description) => description !== '')
      .slice(0, MOST_EXPLANATIONS),
    examples: distinct(examples.map(bounded)).slice(0, MOST_EXAMPLES),
  };
  const isEmpty = evidence.explanations.length === 0 && evidence.examples.length === 0;
  return isEmpty && evidence.density === undefined ? undefined : evidence;
}

/** The tokens around the peak. */
function bounded({ tokens, activations, max }: EvidenceExample & { max: number }): EvidenceExample {
  const first = Math.max(0, activations.indexOf(max) - MOST_TOKENS / 2);
  return {
    tokens: tokens.slice(first, first + MOST_TOKENS).map(readableToken),
    activations: activations.slice(first, first + MOST_TOKENS),
  };
}

/** Each text once: the same one often comes several times. */
function distinct(examples: readonly EvidenceExample[]): EvidenceExample[] {
  return [...new Map(examples.map((example) => [example.tokens.join(''), example] as const)).values()];
}

/** Some tokenizers' marks for a space and a line break stand in Neuronpedia's tokens. */
function readableToken(token: string): string {
  const text = token.replaceAll(/[▁Ġ]/g, ' ').replaceAll('Ċ', '\n');
  const characters = [...harmless(text)];
  return characters.slice(0, TOKEN_LENGTH).join('');
}

/** Control and format characters become U+FFFD; line breaks and tabs stay, the joiners of scripts and emoji, too. */
function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t\u200C\u200D])\p{C}/gu, '\uFFFD');
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
