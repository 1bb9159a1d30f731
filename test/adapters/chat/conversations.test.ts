import { afterAll, beforeEach, expect, test } from 'vitest';
import type { CommandContext } from '../../../commands/line/command.js';
import { Conversations } from '../../../src/adapters/chat/conversations.js';
import type { ChatMessage } from '../../../src/adapters/chat/platform.js';
import {
  coreSettings,
  jobLimits,
  readConfiguration,
  type Settings,
} from '../../../src/configuration/index.js';
import { createCore } from '../../../src/core/index.js';
import type { Evidence } from '../../../src/evidence/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { FakePlace } from '../../support/fakePlace.js';
import { notedLog } from '../../support/notedLog.js';
import { ownTime } from '../../support/ownTime.js';
import { fixture } from '../../support/tinyModel.js';
import { until } from '../../support/until.js';

const configuration = readConfiguration(fixture('config'));
const core = createCore(coreSettings(configuration.settings));
const ada = { person: 'fake:ada', channel: 'fake:general' };
const bob = { person: 'fake:bob', channel: 'fake:general' };
const QUICK = 'feature 0 7 cutoff=0.01 tokens=20';
const LONG = 'feature 0 7 cutoff=1e-8 top=20 close=off nodes=20000';

let store: Store;
let place: FakePlace;
let faults: string[];
let conversations: Conversations;
const now = Date.now();

beforeEach(async () => {
  store = await openStore(':memory:', { now: () => now });
  place = new FakePlace();
  conversations = await start();
});
afterAll(() => core.close());

const NO_EVIDENCE: Evidence = {
  of: async () => undefined,
  shipped: async () => undefined,
  labelFrom: async () => undefined,
};

async function start(settings: Partial<Settings> = {}, evidence = NO_EVIDENCE): Promise<Conversations> {
  faults = [];
  const context: CommandContext = {
    configuration: { ...configuration, settings: { ...configuration.settings, ...settings } },
    jobs: new LocalJobs(core, jobLimits(configuration.settings)),
    evidence,
  };
  return new Conversations(context, store, notedLog([], faults));
}

const press = (button: string, options: { asker?: typeof ada; manager?: boolean; place?: FakePlace } = {}) =>
  conversations.press({ asker: ada, manager: false, place, ...options, button });
const labels = ({ buttons = [] }: ChatMessage) => buttons.map(({ label }) => label);
/** In the answer, else among its details. */
const buttonNamed = (label: string) =>
  [...place.whispers, ...place.edits]
    .flatMap(({ buttons = [] }) => buttons)
    .findLast((button) => button.label === label)!.id;

test('a command is announced, then told: definitions, picture, list and buttons', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  expect(place.announced).toEqual([
    {
      title: 'tiny-gpt2 · layer 0 · feature 7',
      text: expect.stringMatching(/^(Starting|Waiting: number 1 in the queue)$/),
      buttons: [{ id: expect.stringMatching(/^cancel:/), label: 'Cancel', danger: true }],
    },
  ]);
  const last = place.edits.at(-1)!;
  expect(last.title).toMatch(
    /^tiny-gpt2 · layer 0 · feature 7 · encoder · at the input at \d+ × mean token distance$/,
  );
  expect(last.text).toMatch(/^Model says: “.*” silent · .* · \? not measured yet: /);
  expect(last.text).toMatch(new RegExp(`\nComplete · /${QUICK}$`));
  expect(last.text.split('\n').length).toBeLessThan(7);
  expect(place.edits.at(-2)!.text).toMatch(/\nThe picture follows\.$/);
  expect(place.pictures[0]!.png.subarray(1, 4).toString()).toBe('PNG');
  expect(place.pictures[0]!.alt).toContain('The model says');
  expect(place.said[0]!.table!.split('\n')).toHaveLength(20);
  expect(place.said[0]!.buttons).toBeUndefined();
  expect(labels(last)).toEqual(['Explain', 'Texts', 'Logits', 'Neighbours', 'Decoder', 'Details']);
  expect(place.whispers).toEqual([]);
  expect(faults).toEqual([]);
});

test('what is known at once comes with the announcement, and the message grows', async () => {
  const evidence: Evidence = {
    ...NO_EVIDENCE,
    of: async () => ({
      source: 'shipped',
      density: 0.01,
      maximum: 20,
      label: { words: ['travel'], shared: 3, of: 4, source: 'examples' },
      explanations: [],
      examples: [{ tokens: ['I', ' travel', ' far'], activations: [0, 20, 1] }],
    }),
  };
  conversations = await start({}, evidence);
  await conversations.ask({ asker: ada, line: 'feature 0 7 cutoff=1e-3 tokens=20 at=best', place });
  const [announced] = place.announced;
  const first = 'travel · in 3 of its 4 top texts\nFires on: I «travel» far · max 20, density 1%';
  expect(announced!.text.startsWith(`${first}\nMore to come: `)).toBe(true);
  const last = place.edits.at(-1)!;
  expect(last.text.startsWith(first)).toBe(true);
  expect(last.text).toMatch(/\nModel says: .*\n(.*\n)*Complete · /);
  const growing = place.edits.filter(({ text }) => text.includes('More to come: '));
  expect(growing.some(({ text }) => text.includes('Model says: '))).toBe(true);
  for (const { buttons } of growing) expect(buttons![0]!.label).toBe('Cancel');
});

test('details are told to whoever asks, with what tunes the answer; texts to everybody', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  await press(buttonNamed('Details'), { asker: bob });
  const [details] = place.whispers;
  expect(details!.text).toMatch(/^Parameters: weights=encoder at=input scale=/);
  for (const told of [
    '\nTree: ',
    '\nKind: ',
    '\nSAE ',
    '\nToken ids of the prompt (BOS ',
    `\nRepeat: ${QUICK}`,
  ])
    expect(details!.text).toContain(told);
  expect(labels(details!)).toEqual([
    'JSON',
    'Scale down',
    'Scale up',
    'More branches',
    'Fewer branches',
    'Compare',
  ]);
  await press(buttonNamed('Texts'), { asker: bob });
  expect(place.said.at(-1)!.text).toBe('No text is known on which this feature fires.');
});

test('progress edits the announcement', async () => {
  const asking = conversations.ask({ asker: ada, line: LONG, place });
  await until('an edit with progress', () => place.edits.some(({ text }) => text.includes('nodes, depth')));
  await press(place.announced[0]!.buttons![0]!.id);
  await asking;
});

test.each([
  ['', /^Pictures of what sparse-autoencoder features mean\./],
  ['featur 0 7', /^There is no command "featur"\. Did you mean "feature"\?/],
  ['feature 9 9', /^tiny-gpt2 has no SAE at layer 9/],
  ['0 7 scal=1', /^There is no option "scal"\. Did you mean "scale"\?/],
])('"%s" is answered to the person who asked only', async (line, message) => {
  await conversations.ask({ asker: ada, line, place });
  expect(place.announced).toEqual([]);
  expect(place.whispers).toHaveLength(1);
  expect(`${place.whispers[0]!.text}${place.whispers[0]!.table ?? ''}`).toMatch(message);
});

test('options alone change what the thread is about', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  const again = new FakePlace();
  await conversations.ask({
    asker: bob,
    line: 'scale=5 weights=decoder',
    thread: place.thread,
    place: again,
  });
  expect(again.edits.at(-1)!.title).toMatch(/decoder · at the input at 5 × /);
  expect(again.edits.at(-1)!.text).toContain(
    'Complete · /feature 0 7 weights=decoder scale=5 cutoff=0.01 tokens=20',
  );
});

test('an event that is delivered twice is answered once', async () => {
  await Promise.all([1, 2].map(() => conversations.ask({ event: 'Ev1', asker: ada, line: QUICK, place })));
  expect(place.announced).toHaveLength(1);
  expect(place.said).toHaveLength(1);
});

test('buttons work, after a restart, too', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  conversations = await start();
  const decoder = new FakePlace();
  await press(buttonNamed('Decoder'), { place: decoder });
  expect(decoder.edits.at(-1)!.title).toMatch(/decoder/);
  await press(buttonNamed('Details'));
  await press(buttonNamed('JSON'));
  expect(place.files[0]!.content.schema).toBe('ghosttree/feature@2');
  const fewer = new FakePlace();
  await press(buttonNamed('Fewer branches'), { place: fewer });
  expect(fewer.edits.at(-1)!.text).toMatch(/ trim=0\.0\d+ /);
});

test('a report that has to be waited for is announced, and can be cancelled like any answer', async () => {
  await store.rememberButton('long', { line: LONG, wants: 'json' });
  const pressing = press('long');
  await until('the tree grows', () => place.edits.some(({ text }) => text.includes('nodes, depth')));
  expect(place.announced).toHaveLength(1);
  const [cancel] = place.announced[0]!.buttons!;
  expect(cancel).toMatchObject({ label: 'Cancel', danger: true });
  await press(cancel!.id);
  await pressing;
  expect(place.edits.at(-1)!.text).toBe('Cancelled.');
  expect(place.files).toEqual([]);

  await store.rememberButton('quick', { line: QUICK, wants: 'json' });
  place = new FakePlace();
  await press('quick');
  expect(place.announced).toHaveLength(1);
  expect(place.edits.at(-1)).toEqual({ title: place.announced[0]!.title, text: 'The report is below.' });
  expect(place.files).toHaveLength(1);
  expect(place.pictures).toEqual([]);
  // Now it is at hand.
  place = new FakePlace();
  await press('quick');
  expect([place.announced, place.files.length]).toEqual([[], 1]);
});

test('shutting down cancels a report that somebody waits for', async () => {
  await store.rememberButton('long', { line: LONG, wants: 'json' });
  const pressing = press('long');
  await until('the report is announced', () => place.announced.length > 0);
  await conversations.close();
  await pressing;
  expect(place.edits.at(-1)!.text).toBe('Cancelled.');
});

test('a button that is not known any more says so', async () => {
  await press('ask:gone');
  expect(place.whispers).toEqual([{ text: 'This button is too old: please type the command again.' }]);
});

test('the person who asked can cancel, or somebody who manages the channel, nobody else', async () => {
  for (const canceller of [
    { asker: ada, manager: false },
    { asker: bob, manager: true },
  ]) {
    place = new FakePlace();
    const asking = conversations.ask({ asker: ada, line: LONG, place });
    await until('an announcement', () => place.announced.length > 0);
    const cancel = place.announced[0]!.buttons![0]!.id;
    const refused = new FakePlace();
    await press(cancel, { asker: bob, place: refused });
    expect(refused.whispers[0]!.text).toMatch(/^Only the person who asked/);
    await press(cancel, canceller);
    await asking;
    expect(place.edits.at(-1)).toEqual({ title: 'tiny-gpt2 · layer 0 · feature 7', text: 'Cancelled.' });
    expect(place.pictures).toEqual([]);
  }
});

test('too many questions are refused to the person who asks only, and nothing is announced', async () => {
  const places = [1, 2, 3].map(() => new FakePlace());
  const asking = places.map((one, index) =>
    conversations.ask({ asker: ada, line: `${LONG.replace('top=20', `top=${index + 10}`)}`, place: one }),
  );
  await until('three announcements', () => places.every(({ announced }) => announced.length > 0));
  await conversations.ask({ asker: ada, line: QUICK, place });
  expect(place.announced).toEqual([]);
  expect(place.whispers).toEqual([
    { text: 'You have 3 unanswered questions: please wait for an answer, or cancel one.' },
  ]);
  await conversations.close();
  await Promise.all(asking);
});

test('what an operator does not allow is refused to the person only, typed or behind a button', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  await press(buttonNamed('Details'));
  const compare = buttonNamed('Compare');
  conversations = await start({ allow: { commands: ['feature'], where: {} } });
  const refused = new FakePlace();
  await press(compare, { place: refused });
  await conversations.ask({ asker: ada, line: 'kind 0 7', place: refused });
  expect(refused.announced).toEqual([]);
  expect(refused.whispers).toEqual([
    { text: '"compare" is not allowed here. Allowed: feature, help.' },
    { text: '"kind" is not allowed here. Allowed: feature, help.' },
  ]);
  conversations = await start({ allow: { channels: ['slack:*:*'], where: {} } });
  await conversations.ask({ asker: ada, line: 'no such thing', place: refused });
  expect(refused.whispers.at(-1)!.text).toMatch(/^I do not answer here/);
});

test('questions are counted by the hour, and the next one after them is told when to come back', async () => {
  const { limits } = configuration.settings;
  conversations = await start({ limits: { ...limits, hourly: { person: 2, channel: 3, workspace: 0 } } });
  const ask = async (asker: typeof ada, line = QUICK) => {
    place = new FakePlace();
    await conversations.ask({ asker, line, place });
    return place.announced.length > 0 ? 'answered' : place.whispers[0]?.text;
  };
  expect([await ask(ada), await ask(ada)]).toEqual(['answered', 'answered']);
  const json = buttonNamed('Details');
  expect(await ask(ada)).toBe('You have had the 2 questions of an hour: please try again in 30 min.');
  await ask(ada, 'help');
  expect(place.whispers[0]!.title).toBe('ghosttree');
  expect(await ask(bob)).toBe('answered');
  expect(await ask(bob)).toMatch(
    /^This channel has had the 3 questions of an hour: please try again in 20 min\.$/,
  );
  place = new FakePlace();
  await press(json, { asker: bob });
  expect(place.files).toEqual([]);
  expect(place.whispers[0]!.text).toMatch(/^This channel has had/);
});

test('a line that is too long is refused unread, and refused lines count as questions of an hour', async () => {
  const { limits } = configuration.settings;
  conversations = await start({ limits: { ...limits, hourly: { person: 3, channel: 0, workspace: 0 } } });
  const refusal = async (line: string) => {
    place = new FakePlace();
    const began = ownTime();
    await conversations.ask({ asker: ada, line, place });
    expect(ownTime() - began).toBeLessThan(1_000);
    expect(place.announced).toEqual([]);
    return place.whispers.map(({ text }) => text);
  };
  const tooLong = /^That is too long for a question: at most 20000 characters are read\. Please shorten/;
  expect(await refusal(`feature 0 7 scale=${'1'.repeat(39_000)}x`)).toEqual([expect.stringMatching(tooLong)]);
  expect(await refusal(`${'"'.repeat(1_000_001)}`)).toEqual([expect.stringMatching(tooLong)]);
  expect(await refusal('feature 0 7 scale=big')).toEqual([expect.stringContaining('scale=big: expected')]);
  const spent = expect.stringMatching(/^You have had the 3 questions of an hour/);
  expect(await refusal('feature 0 7 scale=big')).toEqual([spent]);
  expect(await refusal(`kind ${'a'.repeat(39_000)}`)).toEqual([spent]);
  expect(await refusal(QUICK)).toEqual([spent]);
  expect(faults).toEqual([]);
});

test('settings of the place are defaults of what is typed, and change no answer that stands', async () => {
  await conversations.ask({ asker: ada, line: QUICK, place });
  const decoder = buttonNamed('Decoder');
  await store.settings.change(ada.channel, new Map([['theme', 'light']]), ada);
  const repeat = async (act: (place: FakePlace) => Promise<void>) => {
    const answer = new FakePlace();
    await act(answer);
    return /^Complete · .*$/m.exec(answer.edits.at(-1)!.text)![0];
  };
  expect(await repeat((answer) => press(decoder, { place: answer }))).not.toContain('theme');
  const { thread } = place;
  const followed = await repeat((answer) =>
    conversations.ask({ asker: ada, line: 'scale=5', thread, place: answer }),
  );
  expect(followed).not.toContain('theme');
  const typed = await repeat((answer) => conversations.ask({ asker: ada, line: QUICK, place: answer }));
  expect(typed).toBe(`Complete · /${QUICK} theme=light`);
});

test('shutting down tells everybody whose answer is lost', async () => {
  const asking = conversations.ask({ asker: ada, line: LONG, place });
  await until('an announcement', () => place.announced.length > 0);
  await conversations.close();
  await asking;
  expect(place.edits.at(-1)!.text).toBe('Cancelled.');
});

test('a service that drains answers what runs, takes nothing new, and waits no longer than it is told', async () => {
  const running = conversations.ask({ asker: ada, line: QUICK, place });
  const drained = conversations.drain(30_000);
  const late = new FakePlace();
  await conversations.ask({ asker: bob, line: QUICK, place: late });
  expect(late.announced).toEqual([]);
  expect(late.whispers).toEqual([{ text: 'Ghosttree is restarting: please ask again in a minute.' }]);
  await Promise.all([running, drained]);
  expect(place.said).toHaveLength(1);

  conversations = await start();
  const long = conversations.ask({ asker: ada, line: LONG, place });
  await conversations.drain(50);
  await conversations.close();
  await long;
  expect(place.edits.at(-1)!.text).toBe('Cancelled.');
});

test('a chat that cannot be posted to gets one sentence, and the fault is reported', async () => {
  place.failing = new Set(['announce', 'edit']);
  await conversations.ask({ asker: ada, line: QUICK, place });
  expect(place.whispers).toEqual([
    {
      text: expect.stringMatching(
        /^Something went wrong here; it was reported \(id [0-9a-f]{10}\)\. Please try again\.$/,
      ),
    },
  ]);
  expect(faults).toContain('An answer failed: Error: announce failed');
});

test('a person who cannot be reached at all breaks nothing', async () => {
  place.failing = new Set(['announce', 'edit', 'whisper']);
  await conversations.ask({ asker: ada, line: QUICK, place });
  expect(faults).toContain('The person who asked could not be told: Error: whisper failed');
});
