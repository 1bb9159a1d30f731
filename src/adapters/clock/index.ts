import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../../commands/line/command.js';
import { within } from '../../async/within.js';
import { CancelledError } from '../../core/index.js';
import type { Log } from '../../operations/index.js';
import {
  chooseFeature,
  type DailyPost,
  dayOf,
  dueAt,
  missedBy,
  type Schedule,
  type ScheduleBook,
} from '../../schedule/index.js';
import type { Store } from '../../store/index.js';
import type { NoticeBoard } from '../chat/platform.js';
import { AbandonedPosts } from './abandoned.js';
import { type Clock, systemClock } from './clock.js';
import { LEASE_MILLISECONDS, Lease, LostLeaseError } from './lease.js';
import { noticesOf } from './notices.js';
import { makePost, type Outcome, type PostingTools } from './posting.js';
import { presentFeature } from './presented.js';

const LOOK_EVERY = 20_000;
/**
 * The wait after an attempt for which the platform was away, or another process had the post: it is made again in the
 * next regular look, but not in the one that follows at once when more is due than AT_ONCE, which would never end.
 */
const LATER = LOOK_EVERY / 2;
/** The wait after a refusal, or a failure here: whoever can mend it needs some minutes. */
const MUCH_LATER = 10 * 60 * 1000;
/** Days that are looked back to, for posts that were begun and never finished. */
const LOOK_BACK_DAYS = 14;
/** A request to a platform may hang; what it sent is looked for after a restart. */
const STOP_WITHIN = 10_000;
/** Posts that are made at the same time. */
const AT_ONCE = 4;

export interface RunnerSettings {
  book: ScheduleBook;
  store: Pick<Store, 'rememberButton' | 'rememberThread'>;
  context: CommandContext;
  boards: readonly NoticeBoard[];
  log: Log;
  /** Count how each attempt ended that was not postponed; `failed` is tried again. */
  meters?: { posted(outcome: 'posted' | 'skipped' | 'failed'): void };
  /** @default the system's */
  clock?: Clock;
}

/** One day's post of a schedule. */
interface Task {
  schedule: Schedule;
  day: string;
}

/** Posts features of the day at their time. Any number of processes may do so on one store. */
export class DailyRunner {
  private readonly owner = randomUUID();
  private readonly clock: Clock;
  private readonly abandoned: AbandonedPosts;
  private readonly underWay = new Map<string, Promise<void>>();
  /** By the clock that never jumps. */
  private readonly notBefore = new Map<string, number>();
  /** Posts that need no more work, so that the store need not be asked. */
  private readonly finished = new Set<string>();
  private readonly leases = new Set<Lease>();
  private someWait = false;
  private readonly stopped = new AbortController();
  private stopLooking = () => {};

  constructor(private readonly settings: RunnerSettings) {
    this.clock = settings.clock ?? systemClock;
    this.abandoned = new AbandonedPosts(this.owner, this.clock);
  }

  /** Looks now, and from time to time. */
  start(): void {
    const look = () => void this.look();
    this.stopLooking = this.clock.every(LOOK_EVERY, look);
    look();
  }

  /** Makes what is due and not under way. Never throws. */
  async look(): Promise<void> {
    try {
      const tasks = await this.tasks();
      await Promise.all(tasks.map((task) => this.take(task)));
    } catch (error) {
      this.settings.log.fault('The schedules could not be read', error);
    }
  }

  /** Posts nothing more; resolves when the posts under way have ended. Other processes, or a restart, go on with them. */
  async stop(): Promise<void> {
    this.stopLooking();
    this.stopped.abort();
    for (const lease of this.leases) lease.stop();
    await within(STOP_WITHIN, Promise.all(this.underWay.values()), () => undefined);
  }

  private async tasks(): Promise<Task[]> {
    const { book, boards } = this.settings;
    const now = this.clock.now();
    const tasks: Task[] = [];
    for (const schedule of await book.schedules()) {
      if (!boards.some((board) => board.reaches(schedule.channel))) continue;
      const due = dueAt(schedule, now);
      const days = [...missedBy(schedule, now, LOOK_BACK_DAYS), ...(due ? [due] : [])]
        .map(({ day }) => day)
        .filter((day) => !this.finished.has(keyOf({ schedule, day })));
      const [first, last] = [days[0], days.at(-1)];
      if (first === undefined || last === undefined) continue;
      const posts = await book.posts(schedule.channel, first, last);
      for (const day of days) {
        const post = posts.find((candidate) => candidate.day === day);
        if (this.isFree(post, day === due?.day)) tasks.push({ schedule, day });
      }
    }
    return tasks;
  }

  private isFree(post: DailyPost | undefined, isToday: boolean): boolean {
    if (!post) return true;
    const { state, channel, day } = post;
    if (state !== 'posted' && state !== 'skipped') return this.abandoned.isFree(post);
    this.abandoned.forget(post);
    // What is skipped may be asked for again on the same day.
    if (state === 'posted' || !isToday) this.finished.add(`${channel} ${day}`);
    return false;
  }

  private async take(task: Task): Promise<void> {
    const key = keyOf(task);
    if (this.stopped.signal.aborted || this.underWay.has(key)) return;
    if (this.clock.elapsed() < (this.notBefore.get(key) ?? 0)) return;
    if (this.underWay.size >= AT_ONCE) {
      this.someWait = true;
      return;
    }
    const work = this.work(task).then((outcome) => {
      this.underWay.delete(key);
      if (outcome === 'done') this.notBefore.delete(key);
      else this.notBefore.set(key, this.clock.elapsed() + (outcome === 'later' ? LATER : MUCH_LATER));
    });
    this.underWay.set(key, work);
    await work;
    if (!this.someWait) return;
    this.someWait = false;
    await this.look();
  }

  private async work(task: Task): Promise<Outcome> {
    const { book, log, meters } = this.settings;
    let lease: Lease | undefined;
    try {
      const { channel } = task.schedule;
      const post = await book.claim(channel, task.day, this.owner, LEASE_MILLISECONDS);
      if (!post) return 'later';
      lease = new Lease(book, post, this.clock);
      this.leases.add(lease);
      const outcome = await makePost(lease, this.tools(task));
      const { state } = lease.post;
      if (state === 'posted' || state === 'skipped') meters?.posted(state);
      return outcome;
    } catch (error) {
      if (error instanceof LostLeaseError || error instanceof CancelledError) {
        if (this.stopped.signal.aborted) await lease?.giveBack({}).catch(() => {});
        return 'later';
      }
      log.fault(`The feature of the day of ${keyOf(task)} could not be made`, error);
      meters?.posted('failed');
      return lease ? await this.giveUp(lease, task, error) : 'later';
    } finally {
      lease?.stop();
      if (lease) this.leases.delete(lease);
    }
  }

  /** What failed here may be mended during the day; a post that was begun is never begun again. */
  private async giveUp(lease: Lease, task: Task, error: unknown): Promise<Outcome> {
    const note =
      error instanceof Error && error.name === 'InputError' ? error.message : 'something failed here';
    try {
      if (!this.isOver(task)) await lease.giveBack({ note });
      else if (lease.post.message === undefined) await lease.write({ state: 'skipped', note });
      else await lease.write({ state: 'posted', note });
    } catch {
      // The store fails, too: the lease ends by itself.
    }
    return 'much later';
  }

  private tools(task: Task): PostingTools {
    const { book, store, context, boards, log } = this.settings;
    const { schedule, day } = task;
    const { channel } = schedule;
    const control = { priority: 'schedule' as const, signal: this.stopped.signal };
    return {
      board: boards.find((board) => board.reaches(channel))!,
      log,
      isOver: () => this.isOver(task),
      choose: () =>
        chooseFeature(
          schedule,
          day,
          {
            configuration: context.configuration,
            jobs: context.jobs,
            book,
            evidence: context.evidence?.shipped,
          },
          control,
        ),
      async compute({ line, model, layer, feature }) {
        const address = { model: model!, layer: layer!, feature: feature! };
        const shown = await presentFeature(line!, address, context, control);
        return noticesOf(channel, day, shown, store);
      },
      rememberThread: (thread, line) => store.rememberThread(thread, line),
    };
  }

  private isOver({ schedule, day }: Task): boolean {
    return dayOf(schedule.zone, this.clock.now()) > day;
  }
}

function keyOf({ schedule, day }: Task): string {
  return `${schedule.channel} ${day}`;
}
