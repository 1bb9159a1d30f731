import type { FeatureReport } from '../../src/core/index.js';
import type { Model } from './model.js';

/** What a platform may lack, with the reason; whatever of the contract needs it is skipped there. */
export type Lacks = Partial<
  Record<'acknowledgements' | 'alt text' | 'threads' | 'buttons' | 'deliveries' | 'people', string>
>;

export type Need = keyof Lacks;

/** Two people use the platform. Ada may manage channels, Bob may not. */
export type Person = 'ada' | 'bob';

/** One platform, as the contract sees it. */
export interface Driver {
  readonly name: string;
  readonly lacks: Lacks;
  /** Starts the adapter with this model behind it, connected as an operator would. */
  connect(model: Model): Promise<Connection>;
}

export interface Connection {
  /** A channel, or what comes nearest, where nothing was said yet and both people are. */
  room(): Promise<Room>;
  /** What an operator was told went wrong. */
  faults(): string[];
  close(): Promise<void>;
}

/** What people do in a channel, and what they see there. */
export interface Room {
  /** Types a command line; resolves with the milliseconds until it was acknowledged. */
  command(line: string, by?: Person): Promise<number>;
  /** As `command`, where the platform tells the bot of it twice; resolves when the bot heard both. */
  commandTwice(line: string): Promise<void>;
  /** Says a line to the bot in the thread of the first answer. */
  follow(line: string, by?: Person): Promise<void>;
  /** Presses the newest button with this label; resolves with the milliseconds until it was acknowledged. */
  press(label: string, by?: Person): Promise<number>;
  /** Whether Ada sees a button with this label. */
  /** Whether messages carry buttons there. */
  readonly hasButtons: boolean;
  offers(label: string): boolean;
  cancel(by?: Person): Promise<void>;
  /** How far the newest answer is, as it is shown; empty before anything is. */
  progress(): string;
  /** What the bot said for all to see: each announcement with what followed in its thread, oldest first. */
  threads(): Said[][];
  /** What the bot told this person only. */
  privately(person: Person): string[];
  /** The JSON report of the newest answer. */
  report(): Promise<FeatureReport>;
  /** The command line that repeats the newest answer, from what was shown of it. */
  howToRepeat(): Promise<string>;
  /** Pings, links and control characters in anything the bot said, public or private. */
  harm(): string[];
}

/** A message as people read it, markup undone. */
export interface Said {
  text: string;
  buttons: string[];
  file?: SaidFile | undefined;
}

export interface SaidFile {
  name: string;
  alt?: string | undefined;
  bytes: Buffer;
}
