import { type SharedTiming, TIMING } from '../../src/jobs/shared/index.js';
import { isLong } from './longRun.js';

/** The pace of a shared queue in one process: what takes seconds for people may take less here. */
export const QUICK: Partial<SharedTiming> = {
  beat: 200,
  lease: 3000,
  look: 50,
  progress: 20,
  lock: 2000,
  stalled: 500,
};

/** The pace of programs that share a queue: on a busy machine one of them may not get its turn for a second or two. */
export const PROGRAM_PACE: SharedTiming = {
  ...TIMING,
  ...(!isLong && { ...QUICK, lease: 5000, lock: 4000 }),
};
