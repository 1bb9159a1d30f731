/**
 * Snippets for detection and fuzzing, and what the answers are worth, after Paulo et al., Automatically Interpreting
 * Millions of Features in Large Language Models (2024).
 */
import { type EvidenceExample, uniformNumbers } from '../core/index.js';
import type { Score } from './report.js';

/** A snippet that a scorer judges, with the right answer. */
export interface Trial {
  text: string;
  truth: boolean;
}

/** Fewer held-out snippets than this give no meaningful score. */
export const FEWEST_HELD_OUT = 3;
/** Tokens with this share of the snippet's largest activation are marked. */
const MARKED_SHARE = 0.3;
/** Tokens of a snippet on either side of its peak. */
const ROOM = 24;

/** The stronger half explains, the weaker half scores, except for texts that were shown already. */
export function splitExamples(examples: readonly EvidenceExample[]): {
  shown: EvidenceExample[];
  heldOut: EvidenceExample[];
} {
  const shown = examples.slice(0, Math.ceil(examples.length / 2));
  const shownTexts = new Set(shown.map(({ tokens }) => tokens.join('')));
  const heldOut = examples.slice(shown.length).filter(({ tokens }) => !shownTexts.has(tokens.join('')));
  return { shown, heldOut };
}

/** As many snippets of other features as held-out ones, shuffled. */
export function detectionTrials(
  heldOut: readonly EvidenceExample[],
  others: readonly EvidenceExample[],
  seed: number,
): Trial[] {
  const count = Math.min(heldOut.length, others.length);
  const trials = (examples: readonly EvidenceExample[], truth: boolean) =>
    examples.slice(0, count).map((example) => ({ text: around(example).tokens.join(''), truth }));
  return shuffled([...trials(heldOut, true), ...trials(others, false)], uniformNumbers(seed));
}

/**
 * Every held-out snippet once with its active tokens marked and once with as many silent ones, in two rounds, so that
 * no round shows a snippet twice.
 */
export function fuzzingTrials(heldOut: readonly EvidenceExample[], seed: number): [Trial[], Trial[]] {
  const uniform = uniformNumbers(seed);
  const rounds: [Trial[], Trial[]] = [[], []];
  heldOut.map(around).forEach(({ tokens, activations }, index) => {
    const most = Math.max(...activations);
    const indices = tokens.map((_, i) => i);
    const active = indices.filter((i) => activations[i]! >= MARKED_SHARE * most && activations[i]! > 0);
    const silent = shuffled(
      indices.filter((i) => !(activations[i]! > 0) && tokens[i]!.trim() !== ''),
      uniform,
    );
    // Too few silent tokens to mark wrongly.
    if (active.length === 0 || silent.length < active.length) return;
    rounds[index % 2]!.push({ text: marked(tokens, active), truth: true });
    rounds[(index + 1) % 2]!.push({ text: marked(tokens, silent.slice(0, active.length)), truth: false });
  });
  return [shuffled(rounds[0], uniform), shuffled(rounds[1], uniform)];
}

/** @returns undefined without both true and false snippets */
export function balancedAccuracy(
  trials: readonly Pick<Trial, 'truth'>[],
  verdicts: readonly boolean[],
): Score | undefined {
  const right = (truth: boolean) =>
    trials.filter((trial, i) => trial.truth === truth && verdicts[i] === truth).length;
  const positives = trials.filter(({ truth }) => truth).length;
  const negatives = trials.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return {
    balancedAccuracy: (right(true) / positives + right(false) / negatives) / 2,
    positives,
    negatives,
  };
}

function around({ tokens, activations }: EvidenceExample): EvidenceExample {
  const peak = activations.indexOf(Math.max(...activations));
  const first = Math.max(0, peak - ROOM);
  return {
    tokens: tokens.slice(first, peak + ROOM + 1),
    activations: activations.slice(first, peak + ROOM + 1),
  };
}

function marked(tokens: readonly string[], indices: readonly number[]): string {
  return tokens
    .map((token, i) => (indices.includes(i) ? token.replace(/^(\s*)(.*)$/s, '$1<<$2>>') : token))
    .join('');
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], uniform: () => number): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
