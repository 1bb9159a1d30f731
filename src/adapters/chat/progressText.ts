import { preparedWords, readable } from '../../../commands/index.js';
import type { JobProgress } from '../../jobs/index.js';
import { counted } from '../../text/units.js';

const BAR_WIDTH = 20;

/** One line that says how far an answer is. */
export function progressText(progress: JobProgress): string {
  const part = 'part' in progress && progress.part;
  return `${part ? `${part.number} of ${part.of}: ` : ''}${stageText(progress)}`;
}

function stageText(progress: JobProgress): string {
  if (progress.stage === 'queued') return `Waiting: number ${progress.position} in the queue`;
  if (progress.stage === 'loading') return 'Loading the model';
  if (progress.stage === 'explaining') return 'Writing the explanation';
  if (progress.stage === 'preparing')
    return `${capitalised(preparedWords(progress))}: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'measuring') return `Comparing scales: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'ranking') return `Trying tokens in contexts: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'reading') return `Reading the texts: ${Math.round(progress.share * 100)} %`;
  if (progress.stage === 'dreaming') {
    const { best, share } = progress;
    const found = best && `\nBest so far, active ${best.activation.toFixed(1)}: ${readable(best.text)}`;
    return `${bar(share)} dreaming${found ?? ''}`;
  }
  return `${bar(progress.settled)} ${counted(progress.nodes, 'node')}, depth ${progress.depth}`;
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
