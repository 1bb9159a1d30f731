import { openStore, StoreError } from '../../../src/store/index.js';
import { OtherProcess } from '../../../test/store/otherProcess.js';
import { newStore } from '../../scale/setting.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';

/** Milliseconds; the store waits for five seconds. */
const LONGEST_HOLD = 10_000;
const AT_ONCE = 4;
const LINE = 'feature 10 777';

/** Another process holds the right to write, for some time. */
export async function locks(count: number, dice: Dice): Promise<Finding> {
  const seen = { waited: 0, refused: 0, wrong: 0 };
  const one = async () => {
    const location = await newStore();
    const store = await openStore(location);
    const other = new OtherProcess('hold', location, dice.between(100, LONGEST_HOLD));
    await other.said(1);
    const failure: unknown = await store.rememberThread('t', LINE).catch((error) => error);
    if (failure === undefined) seen.waited += 1;
    else if (failure instanceof StoreError && /is locked/.test(failure.message)) seen.refused += 1;
    else seen.wrong += 1;
    await other.kill();
    const expected = failure === undefined ? LINE : undefined;
    if ((await store.threadLine('t')) !== expected) seen.wrong += 1;
    await store.rememberThread('u', LINE);
    if ((await store.threadLine('u')) !== LINE) seen.wrong += 1;
    await store.close();
  };
  for (let done = 0; done < count; done += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, one));
  return {
    what: 'A SQLite store locked by another process for up to 10 s',
    tried: `${count} locks`,
    found: `${seen.wrong} rows lost or unclear failures; ${seen.waited} writes waited, ${seen.refused} were refused with a sentence after 5 s; the next write passed each time`,
    met: seen.wrong === 0,
  };
}
