import type { Dice } from './dice.js';
import type { AckFinding, Findings } from './findings.js';
import type { Question } from './questions.js';

/** A platform on loopback, its people, and what they see. */
export interface SoakPlatform {
  readonly name: string;
  /** Faults that calls have met so far, by kind. */
  readonly faults: Map<string, number>;
  readonly outages: Outages;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** What the program needs to connect. */
  environment(): Record<string, string>;
  /** Lets a person ask. Resolves when it is known that the bot was reached. */
  ask(question: Question): Promise<void>;
  /** Plans a fault for one of the next calls. */
  plan(dice: Dice): void;
  /** Cuts or renews the event connection. */
  disturb(dice: Dice): void;
  findings(): Findings[];
  /** What the platform could hand to nobody, and mostly said so to the person who typed it. */
  refused(): Set<Question>;
  acks(): AckFinding[];
  /** Names in messages that would notify somebody. */
  pings(): number;
  /** What else the platform had to complain about. */
  complaints(): string[];
}

export function count(faults: Map<string, number>, kind: string): void {
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
}

/** Times at which the event connection was broken. */
export class Outages {
  private readonly all: { from: number; to: number }[] = [];

  /** @param isBack whether a new connection stands */
  begin(isBack: () => boolean): void {
    const outage = { from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.all.push(outage);
    const timer = setInterval(() => {
      if (!isBack()) return;
      outage.to = Date.now();
      clearInterval(timer);
    }, 10);
    timer.unref();
  }

  /** Whether something sent then may have fallen into one. */
  touch(at: number): boolean {
    return this.all.some(({ from, to }) => at >= from - 500 && at <= to + 100);
  }

  get longest(): number {
    return Math.max(0, ...this.all.map(({ from, to }) => Math.min(to, Date.now()) - from));
  }
}
