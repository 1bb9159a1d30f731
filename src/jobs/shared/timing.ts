/** Pace and patience of a shared queue, in milliseconds. */
export interface SharedTiming {
  /** Between two signs of life: of a worker, and of everybody who waits for an answer. */
  beat: number;
  /** Without a sign of life for this long, interest, shares of the limits and workers end by themselves. */
  lease: number;
  /** Between a worker's looks at whether its question is still wanted. */
  look: number;
  /** Between two messages about the progress of one answer. */
  progress: number;
  /** A worker that does not renew its lock on a question for this long has lost the question. */
  lock: number;
  /** Between searches for questions whose worker has lost them. */
  stalled: number;
  /** For one command to Redis. */
  command: number;
  /** For the first connection to Redis. */
  connect: number;
  /** A question is given up when Redis, or every worker of its model, is away for this long. */
  patience: number;
  /** A worker that has to stop hands back a question that takes longer than this. */
  drain: number;
}

export const TIMING: SharedTiming = {
  beat: 3000,
  lease: 15_000,
  look: 500,
  progress: 250,
  lock: 15_000,
  stalled: 5000,
  command: 5000,
  connect: 5000,
  patience: 60_000,
  drain: 20_000,
};
