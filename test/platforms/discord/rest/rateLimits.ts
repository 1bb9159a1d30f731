import { createHash } from 'node:crypto';
import { type Route, routeName } from './route.js';

/** So many requests in so many milliseconds. */
export interface Window {
  readonly limit: number;
  readonly windowMs: number;
}

/** A window for a route by its name, and for everything else and everything together. */
export interface RateLimitTable {
  readonly routes: Record<string, Window>;
  readonly others: Window;
  readonly global: Window;
}

/** So generous that only a runaway client meets them; what tests use unless they say otherwise. */
export const GENEROUS: RateLimitTable = {
  routes: {},
  others: { limit: 500, windowMs: 1000 },
  global: { limit: 2000, windowMs: 1000 },
};

/** About what Discord enforces today. It publishes only the global figure; the others are observed ones. */
export const OBSERVED: RateLimitTable = {
  routes: {
    'POST /channels/:channel/messages': { limit: 5, windowMs: 5000 },
    'PATCH /channels/:channel/messages/:message': { limit: 5, windowMs: 5000 },
    'DELETE /channels/:channel/messages/:message': { limit: 5, windowMs: 1000 },
    'POST /channels/:channel/typing': { limit: 5, windowMs: 5000 },
    'POST /webhooks/:application/:token': { limit: 5, windowMs: 2000 },
    'PATCH /webhooks/:application/:token/messages/:message': { limit: 5, windowMs: 2000 },
    'POST /channels/:channel/messages/:message/threads': { limit: 50, windowMs: 300_000 },
  },
  others: { limit: 50, windowMs: 1000 },
  global: { limit: 50, windowMs: 1000 },
};

interface Bucket {
  used: number;
  resetsAt: number;
}

/** Whether a request goes through, and the headers that say so. */
export interface Verdict {
  readonly headers: Record<string, string>;
  /** Seconds to wait; set when the request is refused. */
  readonly retryAfter?: number;
  readonly isGlobal: boolean;
}

/** Counts requests per bucket (route and major parameter) and all together. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly table: RateLimitTable) {}

  /** Counts one request. Interaction routes do not count towards the global limit. */
  take(route: Route, params: Record<string, string>): Verdict {
    const now = Date.now();
    const isInteraction = route.open === true;
    if (!isInteraction && !this.count('global', this.table.global, now)) {
      const bucket = this.buckets.get('global')!;
      const retryAfter = seconds(bucket.resetsAt - now);
      return {
        headers: { 'X-RateLimit-Global': 'true', 'X-RateLimit-Scope': 'global' },
        retryAfter,
        isGlobal: true,
      };
    }
    const name = routeName(route);
    const window = this.table.routes[name] ?? this.table.others;
    const major = Object.entries(params).filter(([key]) => ['channel', 'guild', 'token'].includes(key));
    const key = `${name} ${major.map(([, value]) => value).join(' ')}`;
    const isAllowed = this.count(key, window, now);
    const bucket = this.buckets.get(key)!;
    const resetAfter = seconds(bucket.resetsAt - now);
    const headers = {
      'X-RateLimit-Limit': String(window.limit),
      'X-RateLimit-Remaining': String(Math.max(0, window.limit - bucket.used)),
      'X-RateLimit-Reset': (bucket.resetsAt / 1000).toFixed(3),
      'X-RateLimit-Reset-After': resetAfter.toFixed(3),
      'X-RateLimit-Bucket': createHash('md5').update(name).digest('hex'),
    };
    if (isAllowed) return { headers, isGlobal: false };
    return { headers: { ...headers, 'X-RateLimit-Scope': 'user' }, retryAfter: resetAfter, isGlobal: false };
  }

  private count(key: string, window: Window, now: number): boolean {
    const known = this.buckets.get(key);
    const bucket = known && known.resetsAt > now ? known : { used: 0, resetsAt: now + window.windowMs };
    this.buckets.set(key, bucket);
    if (bucket.used >= window.limit) return false;
    bucket.used += 1;
    return true;
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms)) / 1000;
}
