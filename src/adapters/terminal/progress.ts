import { stageText } from '../../../commands/index.js';
import type { JobProgress } from '../../jobs/index.js';
import { shorten } from '../../text/shorten.js';

const BAR_WIDTH = 24;
/** A bar is redrawn at most so often; plain lines come more seldom. In milliseconds. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 2000;
/** Of what came of it so far, so that a bar with it stays on one line of most terminals. */
const LONGEST = 52;

/** Shows progress on a stream: a bar that redraws itself on a terminal, a line now and then elsewhere. */
export class Progress {
  private shownAt = Number.NEGATIVE_INFINITY;
  private drawn = false;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  update(progress: JobProgress): void {
    const now = performance.now();
    // The terminal has one question, which is always next.
    if (progress.stage === 'queued') return;
    const interval = this.stream.isTTY ? REDRAW_EVERY : LINE_EVERY;
    if (now - this.shownAt < interval) return;
    this.shownAt = now;
    if (this.stream.isTTY) {
      this.stream.write(`\r\x1b[K${barOf(progress)}`);
      this.drawn = true;
    } else {
      this.stream.write(`${textOf(progress)}\n`);
    }
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.drawn) this.stream.write('\r\x1b[K');
    this.drawn = false;
  }
}

function barOf(progress: JobProgress): string {
  const filled = Math.round((stageText(progress).share ?? 0) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${textOf(progress)}`;
}

function textOf(progress: JobProgress): string {
  const { part, doing, share, result } = stageText(progress);
  const percent = share === undefined ? '' : `${Math.round(share * 100)} %`;
  const settled = progress.stage === 'growing' ? `, ${percent} of the probability settled` : '';
  const details = result ? `${shorten(result, LONGEST)}${settled}` : percent;
  return `${part}${doing}${details && `: ${details}`}`;
}
