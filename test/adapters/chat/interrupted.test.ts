import { beforeEach, expect, test } from 'vitest';
import { InterruptedAnswers } from '../../../src/adapters/chat/interrupted.js';
import { AnswersUnderWay } from '../../../src/adapters/chat/underWay.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { FakePlace } from '../../support/fakePlace.js';
import { notedLog } from '../../support/notedLog.js';

const LINE = 'feature 0 7';
const TITLE = 'tiny-gpt2 · layer 0 · feature 7';
const MINUTE = 60_000;

let store: Store;
let place: FakePlace;
let faults: string[];
let time: number;
beforeEach(async () => {
  store = await openStore(':memory:');
  place = new FakePlace();
  faults = [];
  time = 0;
});

const newProcess = () => new AnswersUnderWay(store.unfinished, notedLog([], faults));
const watch = (
  underWay = newProcess(),
  placeAt = async (_: string): Promise<FakePlace | undefined> => place,
) => new InterruptedAnswers(underWay, [{ placeAt }], notedLog([], faults), () => time);

/** Looks, and again after a minute in which nobody else did anything. */
async function minute(...watches: InterruptedAnswers[]): Promise<void> {
  await Promise.all(watches.map((each) => each.look()));
  time += MINUTE;
  await Promise.all(watches.map((each) => each.look()));
}

test('an announcement that a process was killed over says so, and how to ask again; two others tell it once', async () => {
  const killed = newProcess();
  await killed.begin('a', LINE, place);
  await killed.advance('a', 'announced', TITLE, `${LINE} scale=4`, place);
  await minute(watch(), watch());
  expect(place.edits).toEqual([
    {
      title: TITLE,
      text: `Ghosttree was restarted before this was answered. Ask again: /${LINE} scale=4`,
    },
  ]);
  expect([...place.said, ...place.whispers]).toEqual([]);
  expect(await store.unfinished.all()).toEqual([]);
});

test('a result stays where it stands, and its thread says that the rest is missing', async () => {
  const killed = newProcess();
  await killed.begin('a', LINE, place);
  await killed.advance('a', 'told', TITLE, LINE, place);
  await minute(watch());
  expect(place.edits).toEqual([]);
  expect(place.said).toEqual([
    { text: `Ghosttree was restarted before all of this answer was here. Ask again: /${LINE}` },
  ]);
});

test('whoever asked for what was not announced yet is told privately', async () => {
  await newProcess().begin('a', LINE, place);
  await minute(watch());
  expect(place.whispers).toEqual([
    { text: `Ghosttree was restarted before it could answer “${LINE}”: please ask again.` },
  ]);
});

test('answers of a process that lives are left alone, however long they take', async () => {
  const alive = newProcess();
  await alive.begin('a', LINE, place);
  const own = watch(alive);
  const other = watch();
  for (let minutes = 0; minutes < 5; minutes++) await minute(own, other);
  expect(place.whispers).toEqual([]);
  await alive.end('a');
  expect(await store.unfinished.all()).toEqual([]);
});

test('time in which the store was away does not count', async () => {
  await newProcess().begin('a', LINE, place);
  const other = watch();
  await other.look();
  const { all } = store.unfinished;
  store.unfinished.all = () => Promise.reject(new Error('away'));
  time += MINUTE;
  await other.look();
  store.unfinished.all = all;
  await other.look();
  expect(place.whispers).toEqual([]);
  await minute(other);
  expect(place.whispers).toHaveLength(1);
});

test('what is on another platform is left to the process that knows it', async () => {
  await newProcess().begin('a', LINE, place);
  await minute(watch(newProcess(), async () => undefined));
  expect(await store.unfinished.all()).toHaveLength(1);
  await minute(watch());
  expect(place.whispers).toHaveLength(1);
});

test('a platform that cannot be reached is tried again, not for ever', async () => {
  await newProcess().begin('a', LINE, place);
  await newProcess().begin('b', LINE, place);
  place.failing.add('whisper');
  const other = watch();
  await minute(other);
  expect(await store.unfinished.all()).toHaveLength(2);
  place.failing.clear();
  await other.look();
  expect(place.whispers).toHaveLength(2);
  expect(faults).toEqual([]);

  await newProcess().begin('c', LINE, place);
  place.failing.add('whisper');
  for (let minutes = 0; minutes < 60; minutes++) await minute(other);
  expect(await store.unfinished.all()).toEqual([]);
  expect(faults).toEqual([expect.stringContaining('people could not be told')]);
});
