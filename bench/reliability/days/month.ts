import type { CommandContext } from '../../../commands/line/command.js';
import { DailyRunner } from '../../../src/adapters/clock/index.js';
import { type DailyPost, dueAt, isFinal, type Schedule } from '../../../src/schedule/index.js';
import type { Store } from '../../../src/store/index.js';
import type { FakeClock } from '../../../test/adapters/clock/fakeClock.js';
import { Mortal } from '../../../test/adapters/clock/mortal.js';
import type { Town } from '../../../test/adapters/clock/towns.js';
import { notedLog } from '../../../test/support/notedLog.js';
import type { Dice } from '../../soak/dice.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP = 30 * MINUTE;
/** In it Berlin and New York set their clocks back, and Lord Howe sets them half an hour forward. */
const START = Date.parse('2026-10-03T00:00:00Z');
const LISTED = ['0/7', '0/8', '1/3'];
/** What stands in the thread of a post. */
const WHOLE = ['picture', 'list', 'examples'];
/** Of the processes that may live for ever, so many are doomed at each step on which something is due. */
const MORTAL_SHARE = 0.3;
/** Calls to store and platform of which the last one kills. */
const LONGEST_LIFE = 60;
const OUTAGES_PER_STEP = 0.008;
/** In steps. Cut connections cost Discord's client seconds for each call. */
const OUTAGES = [
  { way: 'cut', least: 0, most: 1 },
  { way: 'unavailable', least: 1, most: 6 },
  { way: 'unavailable', least: 12, most: 24 },
] as const;
const JUMPS_PER_STEP = 0.02;
const LONGEST_JUMP = 90 * MINUTE;
/** A day whose last steps met an outage may end without its post. */
const LAST_STEPS = 4;

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const TIMES: Pick<Schedule, 'at' | 'zone' | 'days'>[] = [
  { at: '02:30', zone: 'Europe/Berlin', days: EVERY_DAY },
  { at: '01:15', zone: 'America/New_York', days: EVERY_DAY },
  { at: '02:10', zone: 'Australia/Lord_Howe', days: EVERY_DAY },
  { at: '09:00', zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5] },
  { at: '00:00', zone: 'Asia/Kolkata', days: EVERY_DAY },
  { at: '17:30', zone: 'America/Los_Angeles', days: EVERY_DAY },
];

/** What became of a month. */
export interface Month {
  due: number;
  posted: number;
  /** On days that ended in an outage, each with its note. */
  skipped: number;
  /** Neither posted, nor skipped with a note for an outage. */
  lost: string[];
  /** Announcements and parts of threads too many. */
  doubled: number;
  kills: number;
  jumps: number;
  outages: number;
}

export interface World {
  store: Store;
  clock: FakeClock;
  towns: Town[];
  context: CommandContext;
  dice: Dice;
}

interface Process {
  runner: DailyRunner;
  mortal: Mortal;
  isDoomed: boolean;
}

/** So many days of schedules, in steps of half an hour, with two processes of which one is mostly about to die. */
export class MonthOfDays {
  private readonly channels: { town: Town; schedule: Schedule }[] = [];
  private readonly outages = new Map<Town, number>();
  /** Of every town, the steps at which it could not be reached. */
  private readonly down = new Map<Town, Set<number>>();
  private readonly counts = { kills: 0, jumps: 0, outages: 0 };
  private processes: Process[] = [];
  private time = START;
  /** Steps for which the clock is still wrong. */
  private wrong = 0;

  constructor(private readonly world: World) {}

  async run(days: number, progress: (line: string) => void): Promise<Month> {
    const { clock, towns, store } = this.world;
    clock.set(START);
    for (const town of towns) {
      town.forget(true);
      this.down.set(town, new Set());
      for (const times of TIMES) {
        const schedule: Schedule = {
          ...times,
          channel: town.channel(),
          model: 'tiny-gpt2',
          pick: { list: LISTED },
          since: START,
          setBy: 'test',
        };
        await store.schedules.set(schedule, 'test');
        this.channels.push({ town, schedule });
      }
    }
    this.processes = [this.born(), this.born()];
    const end = START + days * 24 * HOUR;
    for (; this.time < end; await this.step(true))
      if ((this.time - START) % (2 * 24 * HOUR) === 0) progress(`day ${(this.time - START) / (24 * HOUR)}`);
    // Nothing more goes wrong, so that what was begun can be ended.
    for (let more = 0; more < LAST_STEPS; more++) await this.step(false);
    const month = await this.judge(end);
    for (const { schedule } of this.channels) await store.schedules.remove(schedule.channel, 'test');
    return month;
  }

  private async step(troubled: boolean): Promise<void> {
    const { clock, towns, dice } = this.world;
    for (const town of towns) this.disturb(town, troubled);
    if (this.wrong > 0) this.wrong -= 1;
    else if (troubled && dice.chance(JUMPS_PER_STEP)) {
      this.counts.jumps += 1;
      this.wrong = 2;
      clock.set(this.time + dice.between(-LONGEST_JUMP, LONGEST_JUMP));
    } else clock.set(this.time);
    const doomed = troubled && (await this.isSomethingDue());
    this.processes = this.processes.map((process) => {
      const { isDead } = process.mortal;
      // One that was to die and lives may take over what a dead one left.
      if (!isDead && process.isDoomed) return process;
      if (!doomed || !dice.chance(MORTAL_SHARE)) return isDead ? this.born() : process;
      return this.born({ call: dice.between(1, LONGEST_LIFE), when: dice.pick(['before', 'after']) });
    });
    await Promise.all(this.processes.map(({ runner }) => runner.look()));
    this.counts.kills += this.processes.filter(({ mortal }) => mortal.isDead).length;
    this.time += STEP;
    clock.pass(STEP);
  }

  private disturb(town: Town, troubled: boolean): void {
    const { dice } = this.world;
    const left = this.outages.get(town) ?? 0;
    if (left > 0 && troubled) {
      this.outages.set(town, left - 1);
      this.down.get(town)!.add(this.time);
      return;
    }
    town.outage(false);
    this.outages.set(town, 0);
    if (!troubled || !dice.chance(OUTAGES_PER_STEP)) return;
    this.counts.outages += 1;
    const { way, least, most } = dice.pick(OUTAGES);
    this.outages.set(town, dice.between(least, most));
    this.down.get(town)!.add(this.time);
    town.outage(true, way);
  }

  private async isSomethingDue(): Promise<boolean> {
    const { schedules } = this.world.store;
    const now = this.world.clock.now();
    for (const { schedule } of this.channels) {
      const due = dueAt(schedule, now);
      if (!due) continue;
      const post = await schedules.post(schedule.channel, due.day);
      if (!post || !isFinal(post)) return true;
    }
    return false;
  }

  private born(death?: ConstructorParameters<typeof Mortal>[0]): Process {
    const { store, towns, context, clock } = this.world;
    const mortal = new Mortal(death);
    const runner = new DailyRunner({
      book: mortal.sees(store.schedules),
      store: mortal.sees(store),
      context,
      boards: towns.map(({ board }) => mortal.sees(board)),
      log: notedLog(),
      clock,
    });
    return { runner, mortal, isDoomed: death !== undefined };
  }

  private async judge(end: number): Promise<Month> {
    const month: Month = { due: 0, posted: 0, skipped: 0, lost: [], doubled: 0, ...this.counts };
    for (const { town, schedule } of this.channels) {
      const { channel } = schedule;
      const days = new Map<string, number>();
      for (let time = START; time < end; time += STEP) {
        const day = dueAt(schedule, time)?.day;
        if (day) days.set(day, time);
      }
      const posts = await this.world.store.schedules.posts(channel, '2026-01-01', '2027-01-01');
      month.due += days.size;
      for (const [day, lastDue] of days) {
        const post = posts.find((known) => known.day === day);
        if (post?.state === 'posted') month.posted += 1;
        else if (post?.state === 'skipped' && post.note && this.endedInOutage(town, lastDue))
          month.skipped += 1;
        else month.lost.push(described(schedule, day, post));
      }
      this.count(town.posts(channel), posts, month, channel);
    }
    return month;
  }

  /** What people see, against what the store says that they do. */
  private count(seen: ReturnType<Town['posts']>, posts: DailyPost[], month: Month, channel: string): void {
    const standing = posts.filter(({ message }) => message !== undefined).length;
    month.doubled += Math.max(0, seen.length - standing);
    if (seen.length < standing) month.lost.push(`${channel}: ${seen.length} of ${standing} stand`);
    for (const { parts } of seen) {
      month.doubled += parts.filter((part, index) => parts.indexOf(part) !== index).length;
      if (WHOLE.some((part) => !parts.includes(part))) month.lost.push(`${channel}: only ${parts}`);
    }
  }

  private endedInOutage(town: Town, lastDue: number): boolean {
    const down = this.down.get(town)!;
    return Array.from({ length: LAST_STEPS }, (_, index) => lastDue - index * STEP).some((time) =>
      down.has(time),
    );
  }
}

function described({ channel, at, zone }: Schedule, day: string, post: DailyPost | undefined): string {
  return `${channel} ${day} ${at} ${zone}: ${post ? `${post.state}, ${post.note ?? 'no note'}` : 'no post'}`;
}
