/** When a channel gets its feature of the day, and which. */
export interface Schedule {
  /** As in `Asker`: 'slack:T:C', 'discord:C'. */
  channel: string;
  /** Local time, 'HH:MM'. */
  at: string;
  /** IANA name of the time zone: 'Europe/Berlin'. */
  zone: string;
  /** Days of the week, ascending, by ISO 8601: 1 is Monday, 7 Sunday. */
  days: number[];
  model: string;
  /** Absent: any layer of the model with an SAE. */
  layer?: number;
  pick: PickBy;
  /** When it was set, in milliseconds since 1970; posts due before are not made. */
  since: number;
  /** Who set it, as in `Asker`. */
  setBy: string;
  /** A day (YYYY-MM-DD in the zone) whose post somebody asked for, due whatever the time and the weekday. */
  hastened?: string;
}

/** How features are chosen; listed ones are 'layer/feature'. */
export type PickBy = 'random' | 'interesting' | { list: string[] };

/**
 * How far a post is: claimed by a process, its feature chosen, about to be sent to the platform (which may or may not
 * have received it), announced there, posted with its whole thread; or skipped.
 */
export type PostState = 'claimed' | 'chosen' | 'posting' | 'announced' | 'posted' | 'skipped';

/** Nothing more happens to posts in these states. */
export const FINAL_STATES = ['posted', 'skipped'] as const satisfies PostState[];

/** The one post of a channel on a day. */
export interface DailyPost {
  channel: string;
  /** YYYY-MM-DD in the schedule's zone. */
  day: string;
  state: PostState;
  /** Command line of the chosen feature. */
  line?: string;
  model?: string;
  layer?: number;
  feature?: number;
  /** The announcement on the platform: the channel with the platform's id behind it, as 'slack:T:C:1700000000.1' or 'discord:C:123'. */
  message?: string;
  /** How many parts of the thread are posted. */
  parts: number;
  /** The process that works on it. */
  owner: string;
  /** When others may take it over, in milliseconds since 1970. */
  until: number;
  /** Why it was skipped. */
  note?: string;
}

/** What changes while a post is made. */
export type PostChanges = Partial<Omit<DailyPost, 'channel' | 'day' | 'owner'>>;

/** A feature that a channel was shown, and when. */
export interface ShownFeature {
  layer: number;
  feature: number;
  day: string;
}

/** A post with the number of people who voted for it. */
export interface RankedPost {
  post: DailyPost;
  votes: number;
}

/** Schedules, posts and votes of all channels, shared by all processes on one store. */
export interface ScheduleBook {
  schedule(channel: string): Promise<Schedule | undefined>;
  schedules(): Promise<Schedule[]>;
  /** Sets or replaces the schedule of a channel. @param by who does it, as in `Asker`; becomes `setBy` */
  set(schedule: Omit<Schedule, 'setBy'>, by: string): Promise<void>;
  /** @returns false when there was none */
  remove(channel: string, by: string): Promise<boolean>;
  /**
   * Marks a day as skipped, unless its post has begun or is skipped already.
   *
   * @param note why, for people
   * @returns the post that stands for the day now
   */
  skip(channel: string, day: string, note: string, by: string): Promise<DailyPost>;
  /** Makes a day's post due now (`Schedule.hastened`), also one that was skipped before it began. @returns false without a schedule */
  hasten(channel: string, day: string, by: string): Promise<boolean>;
  /**
   * Takes the post of a day, one process at a time: a new one, or an unfinished one whose lease has ended, with all
   * that was done for it.
   *
   * @param owner unique to the process
   * @param leaseMilliseconds at most an hour, as what `advance` renews it to: a lease that ends later was taken by a clock that was wrong, and ends at once
   * @returns undefined when it is finished or somebody else works on it
   */
  claim(
    channel: string,
    day: string,
    owner: string,
    leaseMilliseconds: number,
  ): Promise<DailyPost | undefined>;
  /**
   * Records what the owner did; `until` renews the lease.
   *
   * @returns false when it is finished or another process took it over: then nothing was written, and the caller must stop
   */
  advance(channel: string, day: string, owner: string, changes: PostChanges): Promise<boolean>;
  post(channel: string, day: string): Promise<DailyPost | undefined>;
  /** Posts of the days from one to another, both included, in order. */
  posts(channel: string, from: string, to: string): Promise<DailyPost[]>;
  /** The post whose announcement a message is, in the form of `DailyPost.message`. */
  postOf(message: string): Promise<DailyPost | undefined>;
  /** Features of a model that the channel was shown, oldest first, as often as it was shown them. */
  shown(channel: string, model: string, layer?: number): Promise<ShownFeature[]>;
  /** @param person as in `Asker` @returns false when the message is no daily post */
  vote(message: string, person: string, reaction: string): Promise<boolean>;
  unvote(message: string, person: string, reaction: string): Promise<void>;
  /** Posts of these days with at least one vote, most votes first, then the latest; a person counts once per post. */
  best(channel: string, from: string, to: string): Promise<RankedPost[]>;
}
