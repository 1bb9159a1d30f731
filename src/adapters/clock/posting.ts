import type { Log } from '../../operations/index.js';
import type { Chosen, DailyPost } from '../../schedule/index.js';
import { type Notice, type NoticeBoard, NoticeError } from '../chat/platform.js';
import type { Lease } from './lease.js';
import type { PostNotices } from './notices.js';

/** What making a post needs besides its lease. */
export interface PostingTools {
  board: NoticeBoard;
  log: Log;
  /** Whether the local day of the post is over: it is finished then, but not begun. */
  isOver(): boolean;
  /** Chooses the feature. @throws {InputError | EngineError | CancelledError} */
  choose(): Promise<Chosen>;
  /** Computes what is posted. @throws {InputError | EngineError | CancelledError} */
  compute(post: DailyPost): Promise<PostNotices>;
  /** Remembers what the thread of an announcement is about. */
  rememberThread(thread: string, line: string): Promise<void>;
}

/** How an attempt ended: all is done, or it has to be continued later. */
export type Outcome = 'done' | 'later' | 'much later';

/** Why posts are skipped, as clauses. */
const OVER = 'the day was over before it could be posted';

/**
 * Takes one post from where it stands as far as it goes. Each step is written down before the next, what is sent
 * before it is sent: state 'posting' means that something (the announcement, or the part after those that stand) may
 * have been sent, so whoever finds a post in it looks on the platform first.
 *
 * @throws {LostLeaseError} when another process took the post over
 * @throws {InputError | EngineError | CancelledError} when nothing could be chosen or computed
 */
export async function makePost(lease: Lease, tools: PostingTools): Promise<Outcome> {
  const { post } = lease;
  try {
    const isBegun = post.message !== undefined || post.state === 'posting';
    if (tools.isOver() && !isBegun) return await skip(lease, whyNot(post));
    if (post.line === undefined) await lease.write({ state: 'chosen', ...(await tools.choose()) });
    const notices = await tools.compute(post);
    if (post.message === undefined && !(await announce(lease, notices.announcement, tools))) return 'done';
    await tools.rememberThread(tools.board.threadOf(post.message!), post.line!);
    for (const part of notices.parts.slice(post.parts)) await addPart(lease, part, tools);
    await lease.write({ state: 'posted' });
    return 'done';
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    return postpone(lease, error);
  }
}

/** @returns false when it is skipped */
async function announce(
  lease: Lease,
  notice: Notice,
  { board, log, isOver }: PostingTools,
): Promise<boolean> {
  const again = lease.post.state === 'posting';
  try {
    let message = again ? await board.find(notice) : undefined;
    if (message === undefined) {
      if (isOver()) {
        await skip(lease, whyNot(lease.post));
        return false;
      }
      await lease.write({ state: 'posting' });
      message = await board.post(notice, { again, confirm: () => lease.write({}) });
    }
    await lease.write({ state: 'announced', message, parts: 0 });
    return true;
  } catch (error) {
    await undo(lease, again, error);
    if (!isHidden(error)) throw error;
    log.fault(`The feature of the day may be missing in ${lease.post.channel}`, error);
    await skip(lease, `it is not known whether it was posted: ${error.message}`);
    return false;
  }
}

async function addPart(lease: Lease, part: Notice, { board, log }: PostingTools): Promise<void> {
  const { post } = lease;
  const again = post.state === 'posting';
  const parts = post.parts + 1;
  await lease.write({ state: 'posting' });
  try {
    await board.post({ ...part, below: post.message! }, { again, confirm: () => lease.write({}) });
  } catch (error) {
    await undo(lease, again, error);
    // The post stands without it; trying for ever, or twice, would be worse.
    if (!isHidden(error) && !isRefused(error)) throw error;
    log.fault(`A part of the feature of the day may be missing in ${post.channel}`, error);
  }
  await lease.write({ state: 'announced', parts });
}

/** Where the first attempt certainly posted nothing, nobody need look for it. */
async function undo(lease: Lease, again: boolean, error: unknown): Promise<void> {
  if (again || lease.post.state !== 'posting' || !(error instanceof NoticeError)) return;
  if (error.fate === 'lost' || error.fate === 'hidden') return;
  await lease.write({ state: lease.post.message === undefined ? 'chosen' : 'announced' });
}

/** Leaves it to a later attempt, of this process or another. */
async function postpone(lease: Lease, { fate, message }: NoticeError): Promise<Outcome> {
  await lease.giveBack({ note: message });
  return fate === 'refused' ? 'much later' : 'later';
}

function whyNot({ note }: DailyPost): string {
  return note ? `${OVER}: ${note}` : OVER;
}

async function skip(lease: Lease, note: string): Promise<'done'> {
  await lease.write({ state: 'skipped', note });
  return 'done';
}

function isHidden(error: unknown): error is NoticeError {
  return error instanceof NoticeError && error.fate === 'hidden';
}

function isRefused(error: unknown): error is NoticeError {
  return error instanceof NoticeError && error.fate === 'refused';
}
