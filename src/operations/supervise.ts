import type { Log } from './log.js';

/** A launcher such as npx repeats the signal that the process got from the terminal: both count as one. */
const ECHO_MILLISECONDS = 500;
const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

export interface Supervised {
  /** Sets how to stop in good order, once there is something to stop. */
  running(stop: () => Promise<void>): void;
}

/**
 * Ends this process as operators expect: the first SIGTERM or SIGINT stops it in good order, a second ends it at
 * once, and a fault that nobody caught is logged and stops it with exit code 1. Stopping ends after a limit,
 * whatever hangs.
 */
export function supervise(log: Log, limitMilliseconds: number): Supervised {
  let stop: (() => Promise<void>) | undefined;
  let since: number | undefined;

  const end = async (code: number) => {
    since = performance.now();
    const deadline = setTimeout(() => {
      log.fault('Stopping took too long', undefined, { milliseconds: limitMilliseconds });
      process.exit(1);
    }, limitMilliseconds);
    try {
      await stop?.();
    } catch (error) {
      log.fault('Stopping failed', error);
      process.exit(1);
    }
    clearTimeout(deadline);
    // The clients leave timers and sockets behind that would keep the process alive.
    process.exit(code);
  };

  const onSignal = (signal: keyof typeof SIGNALS) => {
    if (!stop) process.exit(128 + SIGNALS[signal]);
    if (since === undefined) {
      log.info('Ghosttree is stopping.', { signal });
      void end(0);
    } else if (performance.now() - since > ECHO_MILLISECONDS) {
      log.info('Ghosttree ends at once.', { signal });
      process.exit(128 + SIGNALS[signal]);
    }
  };
  const onFault = (error: unknown) => {
    log.fault('A fault that nobody caught: Ghosttree is stopping.', error);
    if (since === undefined) void end(1);
  };

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  return {
    running: (stopInOrder) => {
      stop = stopInOrder;
    },
  };
}
