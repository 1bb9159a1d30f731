import type { PullProgress } from '../../hub/index.js';
import { durationText, sizeText } from '../../text/units.js';

const BAR_WIDTH = 24;
/** Bars are redrawn at most so often; plain lines come more seldom. In milliseconds. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 5000;
/** The speed is that of about so long, and not told before the first time is over. In milliseconds. */
const SPEED_FROM = 1000;
const SPEED_OVER = 10_000;

/** Shows a pull on a stream: a bar for the file and one for all, or a line now and then where nobody can redraw. */
export class PullProgressBars {
  private shownAt = Number.NEGATIVE_INFINITY;
  private drawn = 0;
  private readonly samples: { at: number; fetched: number }[] = [];

  constructor(private readonly stream: NodeJS.WriteStream) {}

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
    const lines = [lineOf(share, bytes, step, this.stream.isTTY)];
    if (progress.overall) lines.push(this.overallLine(progress.overall, now));
    if (!this.stream.isTTY) {
      this.stream.write(`${lines.join('; ')}\n`);
      return;
    }
    this.clear();
    // A line that wraps could not be taken away.
    const width = (this.stream.columns ?? 80) - 1;
    this.stream.write(lines.map((line) => line.slice(0, width)).join('\n'));
    this.drawn = lines.length;
  }

  /** Takes the bars away. */
  clear(): void {
    if (this.drawn > 0) this.stream.write(`\r\x1b[K${'\x1b[A\x1b[K'.repeat(this.drawn - 1)}`);
    this.drawn = 0;
  }

  private overallLine({ done, total, fetched }: NonNullable<PullProgress['overall']>, now: number): string {
    this.samples.push({ at: now, fetched });
    while (this.samples.length > 2 && now - this.samples[0]!.at > SPEED_OVER) this.samples.shift();
    const first = this.samples[0]!;
    const time = now - first.at;
    const speed = time < SPEED_FROM ? 0 : (fetched - first.fetched) / time;
    const rate =
      speed > 0 ? `, ${sizeText(speed * 1000)}/s, ${durationText((total - done) / speed)} left` : '';
    return lineOf(done / total, { done, total }, `altogether${rate}`, this.stream.isTTY);
  }
}

function lineOf(
  share: number,
  bytes: { done: number; total: number } | undefined,
  text: string,
  bar: boolean,
): string {
  const amount = bytes
    ? `${sizeText(bytes.done)} of ${sizeText(bytes.total)}`
    : `${Math.round(share * 100)} %`;
  if (!bar) return `${text}: ${amount}`;
  const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${amount} ${text}`;
}
