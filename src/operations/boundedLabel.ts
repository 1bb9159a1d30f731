/** Values of a label: each value is a time series of its own, so there must be few, and none that people made up. */
export class BoundedLabel {
  private readonly words: ReadonlySet<string>;

  constructor(words: readonly string[]) {
    this.words = new Set(words);
  }

  of(text: string): string {
    return this.words.has(text) ? text : 'other';
  }
}
