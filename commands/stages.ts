import type { JobProgress } from '../src/jobs/index.js';
import { readable } from '../src/text/readable.js';
import { counted } from '../src/text/units.js';
import { preparedWords } from './parts/preparedWords.js';

/** How far an answer is, in parts that adapters put together. */
export interface StageText {
  /** Which of several questions it is, as in `2 of 3: `; empty for one. */
  part: string;
  /** What is being done, without a capital letter. */
  doing: string;
  /** How much of that is done, 0..1; absent where it is not known. */
  share?: number;
  /** The result so far. */
  result?: string;
}

type Stages = {
  [Stage in JobProgress['stage']]: (
    progress: Extract<JobProgress, { stage: Stage }>,
  ) => Omit<StageText, 'part'>;
};

const STAGES: Stages = {
  queued: ({ position }) => ({ doing: `waiting: number ${position} in the queue` }),
  loading: () => ({ doing: 'loading the model' }),
  preparing: (progress) => ({ doing: preparedWords(progress), share: progress.share }),
  measuring: ({ share }) => ({ doing: 'comparing scales', share }),
  said: () => ({ doing: 'growing the tree' }),
  ranking: ({ share }) => ({ doing: 'trying tokens in contexts', share }),
  reading: ({ share }) => ({ doing: 'reading the texts', share }),
  dreaming: ({ share, best }) => ({
    doing: 'dreaming',
    share,
    ...(best && { result: `active ${best.activation.toFixed(1)}: ${readable(best.text)}` }),
  }),
  growing: ({ settled, nodes, depth }) => ({
    doing: 'growing',
    share: settled,
    result: `${counted(nodes, 'node')}, depth ${depth}`,
  }),
  explaining: () => ({ doing: 'writing the explanation' }),
};

/** What adapters show of a stage. */
export function stageText(progress: JobProgress): StageText {
  const part = 'part' in progress && progress.part;
  const text = STAGES[progress.stage] as (progress: JobProgress) => Omit<StageText, 'part'>;
  return { part: part ? `${part.number} of ${part.of}: ` : '', ...text(progress) };
}
