import type { Environment, Variables } from '../../configuration/environment.js';
import type { Configuration } from '../../configuration/index.js';

/** One line of what the doctor says. No secret ever stands in one. */
export interface Finding {
  /** `warning`: it works, or could not be looked at; `wrong`: something will not work. */
  state: 'ok' | 'warning' | 'wrong';
  what: string;
  /** What mends it; absent where nothing has to be. */
  remedy?: string;
}

/** What is examined. */
export interface Patient {
  /** The environment; only checks that need a variable look at it. */
  variables: Variables;
  /** Absent where its files cannot be read; what needs it says that it could not be checked. */
  configuration?: Configuration | undefined;
  /** Absent where no platform is set up, or not as it should be. */
  environment?: Environment | undefined;
}

/** Looks at one thing. What it throws is told as wrong. */
export type Check = (patient: Patient) => Promise<Finding[]>;

export const ok = (what: string): Finding => ({ state: 'ok', what });
export const warning = (what: string, remedy: string): Finding => ({ state: 'warning', what, remedy });
export const wrong = (what: string, remedy: string): Finding => ({ state: 'wrong', what, remedy });
