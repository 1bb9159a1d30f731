import type { Workspace } from '../world/workspace.js';
import { type Ack, type Delivery, newAck, type Transport } from './delivery.js';

/** Brings deliveries to the app, keeps the acks, and repeats events that were not acknowledged. */
export class Dispatch {
  readonly acks: Ack[] = [];
  /** So many of the next acks are lost on their way: the app did its work, Slack knows nothing of it. */
  lostAcks = 0;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly workspace: Workspace,
    public transport: Transport,
  ) {}

  async send(delivery: Delivery): Promise<Ack> {
    const ack = newAck(delivery);
    this.acks.push(ack);
    await this.transport.deliver(delivery, ack);
    if (this.lostAcks > 0) {
      this.lostAcks -= 1;
      ack.failure ??= 'timeout';
    }
    if (delivery.type === 'events_api' && ack.failure && !ack.noRetry) this.repeat(delivery, ack.failure);
    return ack;
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private repeat(delivery: Delivery, reason: string): void {
    const { attempt } = delivery.retry;
    const wait = this.workspace.options.eventRetryDelays[attempt];
    if (wait === undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.send({ ...delivery, retry: { attempt: attempt + 1, reason } });
    }, wait);
    this.timers.add(timer.unref());
  }
}
