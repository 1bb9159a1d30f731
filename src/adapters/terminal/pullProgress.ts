import type { PullProgress } from '../../hub/index.js';
import { durationText, sizeText } from '../../text/units.js';
import { RedrawnLines } from './redrawn.js';

/** Milliseconds between two drawings of the bars, and between two plain lines. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 5000;
/** Milliseconds before a speed is shown, and over which it is averaged. */
const SPEED_FROM = 1000;
const SPEED_OVER = 10_000;

/** Shows a pull on a stream: a bar for the file and one for all, or a line now and then where nobody can redraw. */
export class PullProgressBars {
  private shownAt = Number.NEGATIVE_INFINITY;
  private readonly lines: RedrawnLines;
  private readonly samples: { at: number; fetched: number }[] = [];

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.lines = new RedrawnLines(stream);
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.stream.write(`${line}\n`);
  }

  update(progress: PullProgress): void {
    const now = performance.now();
    const interval = this.stream.isTTY ? REDRAW_EVERY : LINE_EVERY;
    if (now - this.shownAt < interval) return;
    this.shownAt = now;
    const { step, share, bytes } = progress;
    const lines = [this.lineOf(share, bytes, step)];
    if (progress.overall) lines.push(this.overallLine(progress.overall, now));
    if (!this.stream.isTTY) {
      this.stream.write(`${lines.join('; ')}\n`);
      return;
    }
    this.lines.draw(lines);
  }

  /** Takes the bars away. */
  clear(): void {
    this.lines.clear();
  }

  private overallLine({ done, total, fetched }: NonNullable<PullProgress['overall']>, now: number): string {
    this.samples.push({ at: now, fetched });
    while (this.samples.length > 2 && now - this.samples[0]!.at > SPEED_OVER) this.samples.shift();
    const first = this.samples[0]!;
    const time = now - first.at;
    const speed = time < SPEED_FROM ? 0 : (fetched - first.fetched) / time;
    const rate =
      speed > 0 ? `, ${sizeText(speed * 1000)}/s, ${durationText((total - done) / speed)} left` : '';
    return this.lineOf(done / total, { done, total }, `altogether${rate}`);
  }

  private lineOf(share: number, bytes: { done: number; total: number } | undefined, text: string): string {
    const amount = bytes
      ? `${sizeText(bytes.done)} of ${sizeText(bytes.total)}`
      : `${Math.round(share * 100)} %`;
    return this.stream.isTTY ? `${this.lines.bar(share)} ${amount} ${text}` : `${text}: ${amount}`;
  }
}
