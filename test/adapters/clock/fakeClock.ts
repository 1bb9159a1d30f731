import type { Clock } from '../../../src/adapters/clock/clock.js';

interface Repeated {
  every: number;
  next: number;
  call: () => void;
}

/** A clock that goes when it is told to, and may jump. */
export class FakeClock implements Clock {
  private steady = 0;
  private readonly repeated = new Set<Repeated>();

  constructor(private wall: number) {}

  readonly now = () => this.wall;
  readonly elapsed = () => this.steady;

  every(milliseconds: number, call: () => void): () => void {
    const entry = { every: milliseconds, next: this.steady + milliseconds, call };
    this.repeated.add(entry);
    return () => void this.repeated.delete(entry);
  }

  /** Time goes by; what is repeated is called, once for each time. */
  pass(milliseconds: number): void {
    this.steady += milliseconds;
    this.wall += milliseconds;
    for (const entry of [...this.repeated]) {
      for (; entry.next <= this.steady && this.repeated.has(entry); entry.next += entry.every) entry.call();
    }
  }

  /** Somebody sets the clock: to a time, while none goes by. */
  set(time: number): void {
    this.wall = time;
  }
}
