/** What is measured of conversations; times in milliseconds. */
export interface ChatMeters {
  /** A command came to an end this long after its event. */
  answered(command: string, platform: string, outcome: Outcome, milliseconds: number): void;
  /** A platform that waits for it had its event acknowledged. */
  acknowledged(platform: string, milliseconds: number): void;
  /** A picture or file was handed to the platform. */
  uploaded(platform: string, milliseconds: number): void;
}

export const UNMEASURED: ChatMeters = { answered() {}, acknowledged() {}, uploaded() {} };

/** How a command ended; `refused`: the person who asked can mend it. */
export type Outcome = 'answered' | 'refused' | 'cancelled' | 'failed';
