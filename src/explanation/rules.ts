/** An explanation by rules: each clause reports a measurement with its size. */
import { formatProbability } from '../text/numbers.js';
import type { Clues } from './clues.js';
import type { Explanation } from './report.js';
import { sharedWords } from './sharedWords.js';
import { sureness } from './sureness.js';

/** Tokens and definitions that a sentence names. */
const NAMED = 4;
const DEFINITIONS = 2;
/** A leading definition below this probability is called faint. */
const FAINT = 0.05;

const NOTHING = 'Nothing that was measured says what this feature is about.';

export function explainByRules(clues: Clues): Explanation {
  const shared = sharedWords(clues);
  const facts = sentences(clues, shared);
  return {
    text: facts.length > 0 ? facts.join(' ') : NOTHING,
    by: 'rules',
    sureness: sureness(clues, shared),
    notes: [],
  };
}

/** The first sentence of an explanation by rules, for where there is room for one. */
export function firstSentenceByRules(clues: Clues): string {
  return sentences(clues, sharedWords(clues))[0] ?? NOTHING;
}

function sentences(clues: Clues, shared: readonly string[]): string[] {
  const all = [whereItFires(clues), whatItMeans(clues, shared), whatItDoes(clues)];
  return all.filter((sentence) => sentence !== undefined);
}

/** Whether a token or a context makes it fire, with tokens from the corpus, else from those that were tried. */
function whereItFires(clues: Clues): string | undefined {
  const { firing, trusted } = clues;
  if (!trusted) return undefined;
  const peaks = distinct(clues.examples.map(({ token }) => token));
  const tried = distinct(clues.tokens.map(({ token }) => token));
  const tokens = (peaks.length > 0 ? peaks : tried).slice(0, NAMED);
  const context = clues.examples[0]?.text ?? clues.tokens.map(({ before, token }) => before + token)[0];
  const such = context ? `, as in “${context.trim()}”` : '';
  if (firing?.verdict === 'token' && firing.token !== undefined) {
    const others = tokens.filter((token) => !alike(token, firing.token!));
    const also = others.length > 0 ? `, and on ${listed(others)}` : '';
    return `Fires mainly on ${quoted(firing.token)} (${formatProbability(firing.share ?? 0)} of its activation)${also}${such}.`;
  }
  if (tokens.length === 0) return undefined;
  if (firing?.verdict === 'context')
    return `Fires in a context rather than on one token (${firing.token ? `${quoted(firing.token)} has ${formatProbability(firing.share ?? 0)} of its activation` : 'none stands out'}): on ${listed(tokens)}${such}.`;
  const rare = firing ? ' (too rarely active to tell token from context)' : '';
  return `Fires on ${listed(tokens)}${rare}${such}.`;
}

function whatItMeans({ definitions, generic }: Clues, shared: readonly string[]): string | undefined {
  const about =
    shared.length > 0 ? ` Words that its definitions and its texts share: ${listed(shared)}.` : '';
  if (generic) return `Its definitions are those of any ghost and say nothing about it.${about}`;
  const [first] = definitions;
  if (!first) return about.trim() || undefined;
  const leading = definitions
    .slice(0, DEFINITIONS)
    .map(({ text, probability }) => `“${text}” (${formatProbability(probability)})`);
  const verb = first.probability < FAINT ? 'Faintly, the model defines it as' : 'The model defines it as';
  return `${verb} ${leading.join(' or ')}.${about}`;
}

/** What it does to the next token, where its logit lens has a clear shape. */
function whatItDoes({ class: kind, promoted, suppressed }: Clues): string | undefined {
  if (kind === 'prediction' && promoted.length > 0)
    return `It makes ${listed(promoted.slice(0, NAMED))} likelier next.`;
  if (kind === 'suppression' && suppressed.length > 0)
    return `It makes ${listed(suppressed.slice(0, NAMED))} less likely next.`;
  if (kind === 'partition' && promoted.length > 0 && suppressed.length > 0)
    return `It moves the next token from ${listed(suppressed.slice(0, 2))} towards ${listed(promoted.slice(0, 2))}.`;
  return undefined;
}

function distinct(tokens: readonly string[]): string[] {
  return tokens.filter((token, at) => tokens.findIndex((earlier) => alike(token, earlier)) === at);
}

function alike(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function listed(tokens: readonly string[]): string {
  return tokens.map(quoted).join(', ');
}

function quoted(token: string): string {
  return `“${token.trim() || token}”`;
}
