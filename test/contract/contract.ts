import { ACTIVATIONS } from './clauses/activations.js';
import { ANSWERS } from './clauses/answers.js';
import { COMPARISONS } from './clauses/comparisons.js';
import { DAILY } from './clauses/daily.js';
import { DREAMS } from './clauses/dreams.js';
import { EXPLANATIONS } from './clauses/explanations.js';
import { HOSTILITY } from './clauses/hostility.js';
import { KINDS } from './clauses/kinds.js';
import { REFUSALS } from './clauses/refusals.js';
import { SETTINGS } from './clauses/settings.js';
import { STRAIN } from './clauses/strain.js';
import { THREADS } from './clauses/threads.js';
import type { Need, Room } from './driver.js';
import type { WatchedCore } from './model.js';
import type { Answer } from './reading.js';

/** One thing that any adapter must do. */
export interface Clause {
  states: string;
  needs?: Need[];
  /** Asks a model whose vocabulary is hostile. */
  hostile?: true;
  holds(scene: Scene): Promise<void>;
}

export interface Scene {
  /** Nothing was said here yet. */
  room: Room;
  another(): Promise<Room>;
  /** A room where `ORDINARY` was asked and answered; tests only look at it. */
  ordinary(): Promise<{ room: Room; answer: Answer }>;
  core: WatchedCore;
}

/** What any adapter must do. */
export const CONTRACT: Clause[] = [
  ...ANSWERS,
  ...KINDS,
  ...ACTIVATIONS,
  ...COMPARISONS,
  ...DREAMS,
  ...EXPLANATIONS,
  ...DAILY,
  ...SETTINGS,
  ...REFUSALS,
  ...THREADS,
  ...STRAIN,
  ...HOSTILITY,
];
