import type { Firing, KindClass } from '../core/index.js';

/**
 * The facts about a feature from which an explanation is made. All texts have visible characters only.
 */
export interface Clues {
  /** What the model says the ghost means, most probable first; none of what any ghost says. */
  definitions: { text: string; probability: number }[];
  /** Whether a best scale was found; else the definitions are those at the mean token distance. */
  bestScale: boolean;
  /** Whether nothing but generic definitions were found: `definitions` is empty then. */
  generic: boolean;
  /** Tokens that activate the feature, most active first, with the text before them. */
  tokens: { token: string; before: string; activation: number }[];
  /** Which token it is active on in texts that the model wrote; absent where that is not known. */
  firing?: Pick<Firing, 'verdict' | 'active' | 'texts'> & { token?: string; share?: number };
  class?: KindClass;
  /** Next tokens that it makes likelier most, and those it makes less likely most. */
  promoted: string[];
  suppressed: string[];
  /** Where it is most active in a corpus; `token` is the one with the largest activation. */
  examples: { text: string; token: string; activation: number }[];
  /** Its largest activation in the corpus. */
  maximum?: number;
  /** Null where a search found none; `strongest` is the activation of the most active text found, fluent or not. */
  dreamt?: { text: string; activation: number; fluent: boolean; strongest: number } | null;
  /** False where the SAE reconstructs so badly that activations say little. */
  trusted: boolean;
}
