import type { Dream } from './reader.js';

/** Texts none of which is beaten by another in both activation and cross-entropy: a Pareto front. */
export class DreamFront {
  private texts: Dream[] = [];

  /** Whether a text activates the feature and is beaten by none. */
  wants(text: Dream): boolean {
    return text.activation > 0 && !this.texts.some((other) => beats(other, text));
  }

  /** Adds a text that is wanted, and removes those that it beats. */
  offer(text: Dream): void {
    if (!this.wants(text)) return;
    this.texts = [...this.texts.filter((other) => !beats(text, other)), text];
  }

  /** Most fluent first, and so least active first. */
  all(): Dream[] {
    return [...this.texts].sort((a, b) => a.crossEntropy - b.crossEntropy);
  }

  /** The most active text of at most so many nats a token; undefined where there is none. */
  strongest(nats = Number.POSITIVE_INFINITY): Dream | undefined {
    return this.all().findLast(({ crossEntropy }) => crossEntropy <= nats);
  }
}

/** Whether a text is at least as good as another in both. */
function beats(text: Dream, other: Dream): boolean {
  return text.activation >= other.activation && text.crossEntropy <= other.crossEntropy;
}
