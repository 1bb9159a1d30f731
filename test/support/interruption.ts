import type { RunningAdapter } from '../../src/adapters/chat/adapter.js';
import { InterruptedAnswers } from '../../src/adapters/chat/interrupted.js';
import { AnswersUnderWay } from '../../src/adapters/chat/underWay.js';
import type { Store } from '../../src/store/index.js';
import { notedLog } from './notedLog.js';

const MINUTE = 60_000;

/** What another process does a minute after all that work on the answers in a store have been killed. */
export async function interrupt({ unfinished }: Store, adapter: RunningAdapter): Promise<void> {
  const log = notedLog([], []);
  let time = 0;
  const other = new InterruptedAnswers(new AnswersUnderWay(unfinished, log), [adapter], log, () => time);
  await other.look();
  time += MINUTE;
  await other.look();
}
