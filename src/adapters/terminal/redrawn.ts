import { columnsOf, fitted } from './width.js';

const BAR_WIDTH = 20;

/** Lines at the end of a terminal that are redrawn in place. None of them wraps: it could not be erased. */
export class RedrawnLines {
  private drawn = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  draw(lines: readonly string[]): void {
    // A line that fills the last column wraps on some terminals.
    const columns = columnsOf(this.stream) - 1;
    const text = lines.map((line) => fitted(line, columns)).join('\n');
    this.stream.write((this.drawn > 0 ? this.erasing() : '') + text);
    this.drawn = lines.length;
  }

  /** Takes the lines away. */
  clear(): void {
    if (this.drawn > 0) this.stream.write(this.erasing());
    this.drawn = 0;
  }

  /** A bar that leaves most of the line to the text behind it. */
  bar(share: number): string {
    const width = Math.min(BAR_WIDTH, Math.floor(columnsOf(this.stream) / 3));
    const filled = Math.round(Math.min(1, share) * width);
    return '█'.repeat(filled) + '░'.repeat(width - filled);
  }

  private erasing(): string {
    return `\r\x1b[K${'\x1b[A\x1b[K'.repeat(Math.max(0, this.drawn - 1))}`;
  }
}
