import { stageText } from '../../../commands/index.js';
import type { JobProgress } from '../../jobs/index.js';

const BAR_WIDTH = 20;

/** One line that says how far an answer is, and for a dream a second with the best text so far. */
export function progressText(progress: JobProgress): string {
  const { part, doing, share, result } = stageText(progress);
  if (progress.stage === 'growing') return `${part}${bar(share!)} ${result}`;
  if (progress.stage === 'dreaming')
    return `${part}${bar(share!)} ${doing}${result ? `\nBest so far, ${result}` : ''}`;
  const words = doing.charAt(0).toUpperCase() + doing.slice(1);
  return `${part}${words}${share === undefined ? '' : `: ${Math.round(share * 100)} %`}`;
}

function bar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
