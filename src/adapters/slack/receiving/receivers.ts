import type { App, Receiver } from '@slack/bolt';

/**
 * Several receivers of one app as one: when one of them cannot start, none is left running. Bolt also takes no
 * `authorize` for a receiver that shows it an installer, and so sees only this.
 */
export function together(receivers: readonly Receiver[]): Receiver {
  const stop = (which: readonly Receiver[]) => Promise.all(which.map((receiver) => receiver.stop()));
  return {
    init(app: App) {
      for (const receiver of receivers) receiver.init(app);
    },
    async start() {
      const running: Receiver[] = [];
      try {
        for (const receiver of receivers) {
          await receiver.start();
          running.push(receiver);
        }
      } catch (error) {
        await stop(running);
        throw error;
      }
    },
    stop: () => stop(receivers),
  };
}
