import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `read` gives something truthy; what the app does after its ack has no promise to await. */
export async function until<T>(read: () => T, timeout = 3_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeout;
  for (;;) {
    const value = read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${timeout} ms: ${read}`);
    await sleep(5);
  }
}
