/** Why a process that was killed does nothing any more. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** When a process dies: at its n-th call to the world outside, before that had its effect or before its answer came. */
export interface Death {
  call: number;
  when: 'before' | 'after';
}

/** What a process finds out without asking anybody. */
const AT_HOME = new Set(['reaches', 'threadOf']);

/** A process that is killed at one of its calls; whatever it tries afterwards has no effect. */
export class Mortal {
  calls = 0;
  isDead = false;

  constructor(private readonly death: Death | undefined) {}

  /** What the process sees of something outside. */
  sees<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function' || AT_HOME.has(String(name)))
          return typeof value === 'function' ? value.bind(target) : value;
        return (...args: unknown[]) => this.call(() => value.apply(target, args));
      },
    });
  }

  private call(call: () => unknown): unknown {
    if (this.isDead) throw new Killed();
    const { death } = this;
    const mine = ++this.calls;
    if (death?.call !== mine) return call();
    if (death.when === 'before') {
      this.isDead = true;
      throw new Killed();
    }
    const result = call();
    if (!(result instanceof Promise)) return result;
    return result.then(() => {
      this.isDead = true;
      throw new Killed();
    });
  }
}
