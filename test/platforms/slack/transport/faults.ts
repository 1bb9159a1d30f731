import type { FileFaults } from '../methods/files.js';

/** What goes wrong with a call instead of, or around, its answer. */
export type Fault =
  | { kind: 'rateLimit'; retryAfter: number }
  | { kind: 'status'; status: number }
  | { kind: 'error'; code: string }
  /** The connection is cut: before the method had its effect, or after, with the answer lost. */
  | { kind: 'drop'; when: 'before' | 'after' }
  | { kind: 'delay'; ms: number };

interface Planned {
  method: string;
  fault: Fault;
  left: number;
}

/**
 * Faults planned by a test, used up in the order of planning. A method is a Web API name, `upload` for the
 * bytes of a file, `response_url`, or `*` for any of them.
 */
export class Faults {
  readonly files: FileFaults = { refusal: null, lostShares: 0 };
  private readonly planned: Planned[] = [];

  /** HTTP 429 with Retry-After in whole seconds. */
  rateLimit(method: string, { times = 1, retryAfter = 1 } = {}): void {
    this.plan(method, times, { kind: 'rateLimit', retryAfter });
  }

  drop(method: string, when: 'before' | 'after', times = 1): void {
    this.plan(method, times, { kind: 'drop', when });
  }

  status(method: string, status = 500, times = 1): void {
    this.plan(method, times, { kind: 'status', status });
  }

  /** `ok: false` with any code, before the method has an effect. */
  error(method: string, code: string, times = 1): void {
    this.plan(method, times, { kind: 'error', code });
  }

  delay(method: string, ms: number, times = 1): void {
    this.plan(method, times, { kind: 'delay', ms });
  }

  /** Every upload is refused from now on: file_uploads_disabled, file_type_not_allowed, ... */
  refuseFiles(code: string): void {
    this.files.refusal = code;
  }

  /** The next uploads are completed with ok and never shared in their channel. */
  loseShares(times = 1): void {
    this.files.lostShares = times;
  }

  clear(): void {
    this.planned.length = 0;
    this.files.refusal = null;
    this.files.lostShares = 0;
  }

  /** What befalls this call: at most one delay and one other fault. */
  take(method: string): { delay: number; fault: Fault | null } {
    const delay = this.next(method, (fault) => fault.kind === 'delay');
    const fault = this.next(method, (other) => other.kind !== 'delay');
    return { delay: delay?.kind === 'delay' ? delay.ms : 0, fault };
  }

  private plan(method: string, times: number, fault: Fault): void {
    this.planned.push({ method, fault, left: times });
  }

  private next(method: string, wanted: (fault: Fault) => boolean): Fault | null {
    const found = this.planned.find(
      (entry) => entry.left > 0 && [method, '*'].includes(entry.method) && wanted(entry.fault),
    );
    if (!found) return null;
    found.left -= 1;
    return found.fault;
  }
}
