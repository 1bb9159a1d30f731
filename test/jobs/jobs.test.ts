import { afterEach, describe, expect, test } from 'vitest';
import { CancelledError, type FeatureReport, type FeatureRequest, InputError } from '../../src/core/index.js';
import type { AskControl, JobLimits, JobProgress } from '../../src/jobs/index.js';
import { ManualCore, PATIENCE, question } from '../support/manualCore.js';
import { tinyJob } from '../support/processes.js';
import { until } from '../support/until.js';
import { IMPLEMENTATIONS, type QueueSetting } from './implementations.js';

const LIMITS: JobLimits = {
  perPerson: 2,
  perChannel: 3,
  perWorkspace: 4,
  altogether: 4,
  cacheBytes: 100_000,
  cacheSeconds: 60,
};
const { source } = tinyJob();

describe.each(Object.entries(IMPLEMENTATIONS))('a queue %s', (_, open) => {
  let setting: QueueSetting | undefined;
  const asked = new Set<number>();
  afterEach(async () => {
    asked.clear();
    await setting?.close();
    setting = undefined;
  });

  /** A question on its way, once it waits or is being answered; who joins another is there at once. */
  async function asking(core: ManualCore, request: FeatureRequest, control: AskControl = {}) {
    const heard: JobProgress[] = [];
    const joins = asked.has(request.feature);
    asked.add(request.feature);
    let refused = false;
    const answer = setting!.jobs.ask('feature', request, source, {
      ...control,
      onProgress: (progress) => void heard.push(progress),
    });
    answer.catch(() => {
      refused = true;
    });
    const isAsked = () => core.features().includes(request.feature);
    await until(
      'a question is asked, refused, joined or queued',
      () => joins || refused || heard.length > 0 || isAsked(),
      PATIENCE,
    );
    return { answer: answer as Promise<FeatureReport>, heard };
  }

  async function start(core: ManualCore, limits: Partial<JobLimits> = {}) {
    setting = await open(core, { ...LIMITS, ...limits });
    return setting.jobs;
  }

  test('answers one question at a time and in order, and everybody hears the place in the queue', async () => {
    const core = new ManualCore();
    await start(core);
    const first = await asking(core, question(1));
    await core.nth(1);
    const second = await asking(core, question(2));
    const third = await asking(core, question(3));
    await until(
      'the third hears that it is second',
      () => third.heard.some((it) => it.stage === 'queued' && it.position === 2),
      PATIENCE,
    );
    expect(core.features()).toEqual([1]);
    core.asked[0]!.finish();
    expect((await first.answer).sae.feature).toBe(1);
    const { finish } = await core.nth(2);
    // A place is told while it lasts: the second is answered only after the third has heard that it is next.
    await until(
      'the third hears that it is next',
      () => third.heard.some((it) => it.stage === 'queued' && it.position === 1),
      PATIENCE,
    );
    finish();
    expect((await second.answer).sae.feature).toBe(2);
    (await core.nth(3)).finish();
    expect((await third.answer).sae.feature).toBe(3);
    expect(core.features()).toEqual([1, 2, 3]);
  });

  test('answers people before schedules, also who joins what a schedule asked', async () => {
    const core = new ManualCore();
    await start(core);
    const running = await asking(core, question(1));
    await core.nth(1);
    const all = [
      await asking(core, question(2), { priority: 'schedule' }),
      await asking(core, question(3), { priority: 'schedule' }),
      await asking(core, question(4)),
    ];
    await asking(core, question(3));
    core.asked[0]!.finish();
    await running.answer;
    for (const number of [2, 3, 4]) (await core.nth(number)).finish();
    await Promise.all(all.map(({ answer }) => answer));
    expect(core.features()).toEqual([1, 4, 3, 2]);
  });

  test('computes equal questions once, with one progress', async () => {
    const core = new ManualCore();
    await start(core);
    const dark = await asking(core, question(7, { theme: 'dark' }));
    const light = await asking(core, question(7, { theme: 'light' }));
    const { control, finish } = await core.nth(1);
    const partial = { text: 'a dog', activation: 2, crossEntropy: 3 };
    control.onProgress?.({ stage: 'dreaming', share: 0.5, best: partial });
    const told = (heard: JobProgress[]) =>
      heard.some((it) => it.stage === 'dreaming' && it.best?.text === 'a dog');
    await until('both hear of the progress', () => told(dark.heard) && told(light.heard), PATIENCE);
    finish();
    // What only changes the picture is each asker's own.
    expect((await dark.answer).parameters.theme).toBe('dark');
    expect((await light.answer).parameters.theme).toBe('light');
    expect(core.asked.length).toBe(1);
  });

  test('answers a question asked again from the cache, another trim and theme included', async () => {
    const core = new ManualCore();
    const jobs = await start(core);
    const first = jobs.ask('feature', question(7), source);
    (await core.nth(1)).finish();
    await first;
    const again = await jobs.ask('feature', question(7, { trim: 0.01, theme: 'light' }), source);
    expect(core.asked.length).toBe(1);
    expect(again.parameters).toMatchObject({ trim: 0.01, theme: 'light' });
  });

  test('goes on while anybody is interested and stops when nobody is', async () => {
    const core = new ManualCore();
    await start(core);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = await asking(core, question(7), { signal: one.signal });
    const second = await asking(core, question(7), { signal: two.signal });
    const { control } = await core.nth(1);
    one.abort();
    await expect(first.answer).rejects.toThrow(CancelledError);
    expect(control.signal!.aborted).toBe(false);
    two.abort();
    await expect(second.answer).rejects.toThrow(CancelledError);
    await until('the work is cancelled', () => control.signal!.aborted, PATIENCE);
  });

  test('never asks what is cancelled while it waits', async () => {
    const core = new ManualCore();
    await start(core);
    const first = await asking(core, question(1));
    await core.nth(1);
    const cancel = new AbortController();
    const second = await asking(core, question(2), { signal: cancel.signal });
    const third = await asking(core, question(3));
    cancel.abort();
    await expect(second.answer).rejects.toThrow(CancelledError);
    core.asked[0]!.finish();
    await first.answer;
    (await core.nth(2)).finish();
    await third.answer;
    expect(core.features()).toEqual([1, 3]);
  });

  test('answers the question whose cancelled twin is still ending', async () => {
    const core = new ManualCore();
    const jobs = await start(core);
    const cancel = new AbortController();
    const first = await asking(core, question(1), { signal: cancel.signal });
    await core.nth(1);
    cancel.abort();
    const second = jobs.ask('feature', question(1), source);
    await expect(first.answer).rejects.toThrow(CancelledError);
    const answering = setInterval(() => core.asked.at(-1)!.finish(), 50);
    expect((await second).sae.feature).toBe(1);
    clearInterval(answering);
  });

  test('tells a failure to everybody who asked, as what it is, and answers the next question', async () => {
    const core = new ManualCore();
    await start(core);
    const both = [await asking(core, question(1)), await asking(core, question(1))];
    const next = await asking(core, question(2));
    (await core.nth(1)).fail(new InputError('no such layer'));
    for (const { answer } of both) await expect(answer).rejects.toThrow(new InputError('no such layer'));
    for (const { answer } of both) await expect(answer).rejects.toBeInstanceOf(InputError);
    (await core.nth(2)).finish();
    expect((await next.answer).sae.feature).toBe(2);
  });

  test('gives nobody more than a fair share', async () => {
    const core = new ManualCore();
    const jobs = await start(core);
    const ask = async (feature: number, person: string, channel: string) => {
      const asker = { person, channel };
      await jobs.check('feature', question(feature), asker);
      return asking(core, question(feature), { asker });
    };
    await ask(1, 'ada', 'general');
    await core.nth(1);
    await ask(2, 'ada', 'general');
    await expect(ask(3, 'ada', 'other')).rejects.toThrow(
      new InputError('You have 2 unanswered questions: please wait for an answer, or cancel one.'),
    );
    // Without a check the question itself is refused.
    const { answer } = await asking(core, question(3), { asker: { person: 'ada', channel: 'other' } });
    await expect(answer).rejects.toThrow('You have 2 unanswered questions');
    await ask(4, 'bob', 'general');
    await expect(ask(5, 'cy', 'general')).rejects.toThrow(
      new InputError('This channel has 3 unanswered questions: please wait for an answer.'),
    );
    // Who joins takes nobody's place.
    await jobs.check('feature', question(4), { person: 'ada', channel: 'general' });
    await ask(6, 'cy', 'third');
    await ask(7, 'di', 'fourth');
    await expect(ask(8, 'ed', 'fifth')).rejects.toThrow(
      new InputError('4 questions are waiting already: please try again in a minute.'),
    );
  });

  test('gives no workspace more than its share, whoever asks in whichever of its channels', async () => {
    const core = new ManualCore();
    const jobs = await start(core, { altogether: 9, perWorkspace: 3 });
    const ask = async (feature: number, workspace?: string) => {
      const asker = { person: `person ${feature}`, channel: `channel ${feature}`, workspace };
      await jobs.check('feature', question(feature), asker);
      return asking(core, question(feature), { asker });
    };
    for (const feature of [1, 2, 3]) await ask(feature, 'lab');
    await expect(ask(4, 'lab')).rejects.toThrow(
      new InputError('This workspace has 3 unanswered questions: please try again in a minute.'),
    );
    await ask(5, 'other');
    for (const feature of [6, 7, 8, 9]) await ask(feature);
  });

  test('gives a share back with the answer', async () => {
    const core = new ManualCore();
    await start(core, { perPerson: 1 });
    const asker = { person: 'ada', channel: 'general' };
    for (const feature of [1, 2]) {
      const { answer } = await asking(core, question(feature), { asker });
      (await core.nth(feature)).finish();
      expect((await answer).sae.feature).toBe(feature);
    }
  });

  test('gives what was found to who keeps it and cancels, and to nobody later', async () => {
    const core = new ManualCore(true);
    const jobs = await start(core);
    const cancel = new AbortController();
    const keeping = await asking(core, question(7), { signal: cancel.signal, keepsFound: true });
    await core.nth(1);
    cancel.abort();
    expect((await keeping.answer).sae.feature).toBe(7);
    const later = jobs.ask('feature', question(7), source);
    (await core.nth(2)).finish();
    await later;
  });

  test('lets nobody who keeps what was found end what others wait for, or wait himself', async () => {
    const core = new ManualCore(true);
    await start(core);
    const cancel = new AbortController();
    const other = await asking(core, question(7));
    await core.nth(1);
    const options = { signal: cancel.signal, keepsFound: true };
    const leaving = await asking(core, question(7), options);
    const queued = await asking(core, question(8), options);
    cancel.abort();
    await expect(leaving.answer).rejects.toThrow(CancelledError);
    await expect(queued.answer).rejects.toThrow(CancelledError);
    core.asked[0]!.finish();
    expect((await other.answer).sae.feature).toBe(7);
    expect(core.features()).toEqual([7]);
  });

  test('takes every question back when it closes, and takes no other', async () => {
    const core = new ManualCore();
    const jobs = await start(core);
    const both = [await asking(core, question(1)), await asking(core, question(2))];
    const { control } = await core.nth(1);
    const closed = jobs.close();
    for (const { answer } of both) await expect(answer).rejects.toThrow(CancelledError);
    await closed;
    await until('the work is cancelled', () => control.signal!.aborted, PATIENCE);
    await expect(jobs.ask('feature', question(3), source)).rejects.toThrow(CancelledError);
  });
});
