import type { Environment, Variables } from '../../configuration/environment.js';
import type { Configuration } from '../../configuration/index.js';

/** One line of what the doctor says, without secrets. */
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
  /** Absent where its files cannot be read; checks that need it say so. */
  configuration?: Configuration | undefined;
  /** Absent where no platform is set up, or one is set up wrongly. */
  environment?: Environment | undefined;
}

/** Looks at one thing. An error that it throws becomes a finding. */
export type Check = (patient: Patient) => Promise<Finding[]>;

export const ok = (what: string): Finding => ({ state: 'ok', what });
export const warning = (what: string, remedy: string): Finding => ({ state: 'warning', what, remedy });
export const wrong = (what: string, remedy: string): Finding => ({ state: 'wrong', what, remedy });
