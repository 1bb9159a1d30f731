import { preparedWords, readable } from '../../../commands/index.js';
import type { JobProgress } from '../../jobs/index.js';
import { counted } from '../../text/units.js';
import { RedrawnLines } from './redrawn.js';

/** A bar is redrawn at most so often; plain lines come more seldom. In milliseconds. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 2000;
/** Characters of a text in a plain line. */
const LONGEST = 40;

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
      this.lines.draw([`${this.lines.bar(shareOf(progress))} ${textOf(progress)}`]);
    } else {
      this.stream.write(`${textOf(progress)}\n`);
    }
  }

  /** Takes the bar away. */
  clear(): void {
    this.lines.clear();
  }
}

function shareOf(progress: JobProgress): number {
  return progress.stage === 'growing' ? progress.settled : 'share' in progress ? progress.share : 0;
}

function textOf(progress: JobProgress): string {
  const part = 'part' in progress && progress.part;
  return `${part ? `${part.number} of ${part.of}: ` : ''}${stageText(progress)}`;
}

function stageText(progress: JobProgress): string {
  if (progress.stage === 'queued') return `waiting, number ${progress.position}`;
  if (progress.stage === 'loading') return 'loading the model';
  if (progress.stage === 'explaining') return 'writing the explanation';
  if (progress.stage === 'preparing')
    return `${preparedWords(progress)}: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'measuring') return `comparing scales: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'ranking') return `trying tokens in contexts: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'reading') return `reading the texts: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'dreaming') {
    const { best } = progress;
    const found =
      best &&
      `: active ${best.activation.toFixed(1)}: ${[...readable(best.text)].slice(0, LONGEST).join('')}`;
    return `dreaming${found ?? ''}`;
  }
  const { nodes, settled, depth } = progress;
  return `growing: ${counted(nodes, 'node')}, ${Math.round(settled * 100)} % of the probability settled, depth ${depth}`;
}
