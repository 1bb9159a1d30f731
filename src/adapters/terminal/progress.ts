import { stageText } from '../../../commands/index.js';
import type { JobProgress } from '../../jobs/index.js';
import { shorten } from '../../text/shorten.js';
import { RedrawnLines } from './redrawn.js';

/** Milliseconds between two drawings of the bar, and between two plain lines. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 2000;
/** Characters of the result so far, so that it fits one line of most terminals. */
const LONGEST = 52;

/** Shows progress on a stream: a bar that redraws itself on a terminal, a line now and then elsewhere. */
export class Progress {
  private shownAt = Number.NEGATIVE_INFINITY;
  private readonly lines: RedrawnLines;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.lines = new RedrawnLines(stream);
  }

  update(progress: JobProgress): void {
    const now = performance.now();
    // The terminal has one question, which is always next.
    if (progress.stage === 'queued') return;
    const interval = this.stream.isTTY ? REDRAW_EVERY : LINE_EVERY;
    if (now - this.shownAt < interval) return;
    this.shownAt = now;
    if (this.stream.isTTY) {
      this.lines.draw([`${this.lines.bar(stageText(progress).share ?? 0)} ${textOf(progress)}`]);
    } else {
      this.stream.write(`${textOf(progress)}\n`);
    }
  }

  /** Takes the bar away. */
  clear(): void {
    this.lines.clear();
  }
}

function textOf(progress: JobProgress): string {
  const { part, doing, share, result } = stageText(progress);
  const percent = share === undefined ? '' : `${Math.round(share * 100)} %`;
  const settled = progress.stage === 'growing' ? `, ${percent} of the probability settled` : '';
  const details = result ? `${shorten(result, LONGEST)}${settled}` : percent;
  return `${part}${doing}${details && `: ${details}`}`;
}
