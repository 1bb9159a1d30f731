import type { Fields } from '../types.js';

export type EnvelopeType = 'slash_commands' | 'events_api' | 'interactive';

export type Signature = 'valid' | 'bad' | 'missing' | 'stale';

/** Something Slack tells the app, on either transport. */
export interface Delivery {
  type: EnvelopeType;
  payload: Fields;
  /** Whether the ack may carry an answer. */
  acceptsResponse: boolean;
  retry: { attempt: number; reason: string };
  /** Only over HTTP. */
  signature: Signature;
}

/** What became of one delivery. */
export interface Ack {
  type: EnvelopeType;
  /** command, event type, or interaction type; for reading a list of acks. */
  what: string;
  attempt: number;
  sentAt: number;
  /** Time to the ack; null when none came. A late one is filled in when it comes. */
  latency: number | null;
  late: boolean;
  /** Why the person saw an error or the event is sent again; null when acknowledged in time. */
  failure: string | null;
  /** What the app sent with its ack. */
  response: Fields | null;
  /** HTTP only. */
  status: number | null;
  /** HTTP only: the app answered an event with X-Slack-No-Retry. */
  noRetry: boolean;
}

export interface Transport {
  /** Resolves when acknowledged, refused, or out of time. */
  deliver(delivery: Delivery, ack: Ack): Promise<void>;
}

export function newAck(delivery: Delivery): Ack {
  const { payload } = delivery;
  const event = payload.event as Fields | undefined;
  return {
    type: delivery.type,
    what: String(payload.command ?? event?.type ?? payload.type),
    attempt: delivery.retry.attempt,
    sentAt: Date.now(),
    latency: null,
    late: false,
    failure: null,
    response: null,
    status: null,
    noRetry: false,
  };
}
