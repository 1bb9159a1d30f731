import type { RefusalName } from '../protocol/errors.js';

/** What goes wrong with a request. */
export type Fault =
  /** 429; `retryAfter` in seconds. */
  | { readonly kind: 'rateLimit'; readonly retryAfter: number; readonly global: boolean }
  /** An HTTP status with no useful body, as from a proxy in front of Discord. */
  | { readonly kind: 'status'; readonly status: number; readonly when: 'before' | 'after' }
  /** One of Discord's own refusals. */
  | { readonly kind: 'refuse'; readonly refusal: RefusalName }
  /** The connection dies before anything happened, or after it did but before the answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after'; readonly reset: boolean }
  /** The request is held up on its way in, or the answer on its way out. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when: 'before' | 'after' };

interface Planned {
  readonly route: string;
  readonly fault: Fault;
  readonly onlyWithFiles: boolean;
  left: number;
}

/** Which requests to fail, and how. A route is named `POST /channels/:channel/messages`, or `*` for all. */
export class Faults {
  private readonly planned: Planned[] = [];

  constructor(private readonly routeNames: ReadonlySet<string>) {}

  /** Answers the next calls 429. */
  rateLimit(route: string, { times = 1, retryAfter = 0.05, global = false } = {}): void {
    this.plan(route, { kind: 'rateLimit', retryAfter, global }, times);
  }

  /** Answers the next calls with an HTTP status, 500 unless told; `after` they took effect all the same. */
  fail(route: string, { times = 1, status = 500, when = 'before' as 'before' | 'after' } = {}): void {
    this.plan(route, { kind: 'status', status, when }, times);
  }

  /** Refuses the next calls as Discord would, by name: `missingPermissions`, `unknownChannel`... */
  refuse(route: string, name: RefusalName, { times = 1 } = {}): void {
    this.plan(route, { kind: 'refuse', refusal: name }, times);
  }

  /** Refuses the next requests that carry files; the same texts without files pass. */
  refuseFiles({ times = 1, route = '*', as = 'tooLarge' as RefusalName } = {}): void {
    this.plan(route, { kind: 'refuse', refusal: as }, times, true);
  }

  /**
   * Cuts the TCP connection of the next calls, before or after they took effect: closed, or with `reset` torn
   * down (ECONNRESET), which clients repeat where they do not repeat the other.
   */
  drop(route: string, when: 'before' | 'after', { times = 1, reset = false } = {}): void {
    this.plan(route, { kind: 'drop', when, reset }, times);
  }

  /** Holds up the next calls before they take effect, or only their answers. */
  delay(route: string, ms: number, { times = 1, when = 'before' as 'before' | 'after' } = {}): void {
    this.plan(route, { kind: 'delay', ms, when }, times);
  }

  /** Forgets all that was planned. */
  clear(): void {
    this.planned.length = 0;
  }

  /** The faults a request meets, each used up by one. */
  take(route: string, hasFiles: boolean): Fault[] {
    const meeting = this.planned.filter(
      (plan) =>
        plan.left > 0 && (plan.route === '*' || plan.route === route) && (hasFiles || !plan.onlyWithFiles),
    );
    // Two delays at once make sense; of the others one outcome is enough, so the rest wait for the next call.
    const outcome = meeting.find(({ fault }) => fault.kind !== 'delay');
    const taken = meeting.filter((plan) => plan.fault.kind === 'delay' || plan === outcome);
    for (const plan of taken) plan.left -= 1;
    return taken.map(({ fault }) => fault);
  }

  private plan(route: string, fault: Fault, times: number, onlyWithFiles = false): void {
    if (route !== '*' && !this.routeNames.has(route)) {
      throw new Error(`no route "${route}"; there are:\n${[...this.routeNames].join('\n')}`);
    }
    this.planned.push({ route, fault, left: times, onlyWithFiles });
  }
}
