import { expect, test } from 'vitest';
import {
  CancelledError,
  type FeatureReport,
  type FeatureRequest,
  InputError,
  type JobControl,
  type Kind,
} from '../../src/core/index.js';
import { type JobLimits, type JobProgress, Jobs } from '../../src/jobs/index.js';
import { tinyJob } from '../support/processes.js';

const limits: JobLimits = {
  perPerson: 2,
  perChannel: 3,
  altogether: 4,
  cacheBytes: 10_000,
  cacheSeconds: 60,
};
const { source } = tinyJob();
const { signal: never } = new AbortController();

/** A core that answers when it is told to. */
class ManualCore {
  readonly asked: {
    request: FeatureRequest;
    control: JobControl;
    finish: () => void;
    fail: (error: Error) => void;
  }[] = [];

  ask(
    _kind: Kind,
    request: FeatureRequest,
    _source: unknown,
    control: JobControl = {},
  ): Promise<FeatureReport> {
    return new Promise((resolve, reject) => {
      const finish = () => resolve(reportOf(request));
      control.signal?.addEventListener('abort', () => reject(new CancelledError()));
      this.asked.push({ request, control, finish, fail: reject });
    });
  }
}

function question(feature: number, parameters: Partial<FeatureRequest['parameters']> = {}): FeatureRequest {
  const { request } = tinyJob(parameters);
  return { ...request, feature };
}

function reportOf({ feature, parameters }: FeatureRequest): FeatureReport {
  return {
    sae: { feature },
    parameters: { ...parameters, scale: 1 },
    tokens: [],
  } as unknown as FeatureReport;
}

test('questions are answered one at a time and in order, and everybody hears the place in the queue', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const heard: JobProgress[][] = [[], [], []];
  const answers = [1, 2, 3].map((feature, i) =>
    jobs.ask('feature', question(feature), source, {
      onProgress: (progress) => void heard[i]!.push(progress),
    }),
  );
  expect(core.asked.length).toBe(1);
  expect(heard[2]).toEqual([{ stage: 'queued', position: 2 }]);
  core.asked[0]!.finish();
  expect((await answers[0])!.sae.feature).toBe(1);
  expect(core.asked.map(({ request }) => request.feature)).toEqual([1, 2]);
  expect(heard[2]!.at(-1)).toEqual({ stage: 'queued', position: 1 });
  core.asked[1]!.finish();
  await answers[1];
  core.asked[2]!.finish();
  expect((await answers[2])!.sae.feature).toBe(3);
});

test('equal questions share one computation and its progress', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const heard: string[] = [];
  const ask = (name: string, theme: 'dark' | 'light') =>
    jobs.ask('feature', question(7, { theme }), source, {
      onProgress: ({ stage }) => void heard.push(`${name} ${stage}`),
    });
  const both = [ask('a', 'dark'), ask('b', 'light')];
  core.asked[0]!.control.onProgress?.({ stage: 'loading' });
  core.asked[0]!.finish();
  const [dark, light] = await Promise.all(both);
  expect(core.asked.length).toBe(1);
  expect(heard.slice(-2)).toEqual(['a loading', 'b loading']);
  // What only changes the picture is each asker's own.
  expect([dark!.parameters.theme, light!.parameters.theme]).toEqual(['dark', 'light']);
});

test('a question asked again is answered from the cache, another trim and theme included', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const first = jobs.ask('feature', question(7), source);
  core.asked[0]!.finish();
  await first;
  const again = await jobs.ask('feature', question(7, { trim: 0.01, theme: 'light' }), source);
  expect(core.asked.length).toBe(1);
  expect(again.parameters).toMatchObject({ trim: 0.01, theme: 'light' });
});

test('the cache stays within its bytes, oldest first out', async () => {
  const core = new ManualCore();
  const size = JSON.stringify(reportOf(question(1))).length;
  const jobs = new Jobs(core, { ...limits, cacheBytes: size * 2.5 });
  for (const feature of [1, 2, 3]) {
    const answer = jobs.ask('feature', question(feature), source);
    core.asked.at(-1)!.finish();
    await answer;
  }
  await Promise.all([2, 3].map((feature) => jobs.ask('feature', question(feature), source)));
  expect(core.asked.length).toBe(3);
  void jobs.ask('feature', question(1), source);
  expect(core.asked.length).toBe(4);
});

test('work goes on while anybody is interested and ends when nobody is', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const [one, two] = [new AbortController(), new AbortController()];
  const answers = [one, two].map(({ signal }) => jobs.ask('feature', question(7), source, { signal }));
  one.abort();
  await expect(answers[0]).rejects.toThrow(CancelledError);
  expect(core.asked[0]!.control.signal!.aborted).toBe(false);
  two.abort();
  await expect(answers[1]).rejects.toThrow(CancelledError);
  expect(core.asked[0]!.control.signal!.aborted).toBe(true);
});

test('a question that is cancelled while it waits is never asked', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const first = jobs.ask('feature', question(1), source);
  const cancel = new AbortController();
  const second = jobs.ask('feature', question(2), source, { signal: cancel.signal });
  cancel.abort();
  await expect(second).rejects.toThrow(CancelledError);
  core.asked[0]!.finish();
  await first;
  expect(core.asked.length).toBe(1);
});

test('the same question asked while its cancelled twin is still ending is asked anew', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const cancel = new AbortController();
  const first = jobs.ask('feature', question(1), source, { signal: cancel.signal });
  cancel.abort();
  const second = jobs.ask('feature', question(1), source, { signal: never });
  await expect(first).rejects.toThrow(CancelledError);
  await new Promise(setImmediate);
  core.asked[1]!.finish();
  expect((await second).sae.feature).toBe(1);
});

test('a failure is told to everybody who asked, and the next question is answered', async () => {
  const core = new ManualCore();
  const jobs = new Jobs(core, limits);
  const both = [jobs.ask('feature', question(1), source), jobs.ask('feature', question(1), source)];
  const next = jobs.ask('feature', question(2), source);
  core.asked[0]!.fail(new Error('boom'));
  for (const answer of both) await expect(answer).rejects.toThrow('boom');
  await new Promise(setImmediate);
  core.asked[1]!.finish();
  expect((await next).sae.feature).toBe(2);
});

test('nobody gets more than a fair share of the queue', async () => {
  const jobs = new Jobs(new ManualCore(), limits);
  const ask = (feature: number, person: string, channel: string) => {
    const answer = jobs.ask('feature', question(feature), source, { asker: { person, channel } });
    answer.catch(() => {});
    return answer;
  };
  void ask(1, 'ada', 'general');
  void ask(2, 'ada', 'general');
  await expect(ask(3, 'ada', 'other')).rejects.toThrow(
    new InputError('You have 2 unanswered questions: please wait for an answer, or cancel one.'),
  );
  void ask(4, 'bob', 'general');
  await expect(ask(5, 'cy', 'general')).rejects.toThrow(
    new InputError('This channel has 3 unanswered questions: please wait for an answer.'),
  );
  void ask(6, 'cy', 'third');
  void ask(7, 'di', 'fourth');
  await expect(ask(8, 'ed', 'fifth')).rejects.toThrow(
    new InputError('4 questions are waiting already: please try again in a minute.'),
  );
});

test('a picture is drawn once per key, within the bytes of the cache', async () => {
  const jobs = new Jobs(new ManualCore(), { ...limits, cacheBytes: 25 });
  const drawn: string[] = [];
  const draw = (key: string) =>
    jobs.picture(key, async () => {
      drawn.push(key);
      return { png: Buffer.alloc(10), name: key };
    });
  expect((await draw('a')).name).toBe('a');
  expect((await draw('a')).name).toBe('a');
  await draw('b');
  await draw('c'); // 'a' leaves
  await draw('b');
  await draw('a');
  expect(drawn).toEqual(['a', 'b', 'c', 'a']);
});

test('pictures are drawn one at a time, equal ones once, and a failure stops no other', async () => {
  const jobs = new Jobs(new ManualCore(), limits);
  let drawing = 0;
  let most = 0;
  const drawn: string[] = [];
  const picture = (key: string) =>
    jobs.picture(key, async () => {
      most = Math.max(most, ++drawing);
      drawn.push(key);
      await new Promise((resolve) => setTimeout(resolve, 5));
      drawing -= 1;
      if (key === 'broken') throw new Error('no canvas');
      return { png: Buffer.from(key) };
    });
  const all = await Promise.allSettled(['a', 'broken', 'b', 'a'].map(picture));
  expect(all.map((each) => (each.status === 'fulfilled' ? each.value.png.toString() : 'failed'))).toEqual([
    'a',
    'failed',
    'b',
    'a',
  ]);
  expect(drawn).toEqual(['a', 'broken', 'b']);
  expect(most).toBe(1);
  await expect(picture('broken')).rejects.toThrow('no canvas');
});

/** A core that answers a cancel with what it found. */
class KeepingCore extends ManualCore {
  override ask(_kind: Kind, request: FeatureRequest, _source: unknown, control: JobControl = {}) {
    return new Promise<FeatureReport>((resolve, reject) => {
      const finish = () => resolve(reportOf(request));
      control.signal?.addEventListener('abort', finish);
      this.asked.push({ request, control, finish, fail: reject });
    });
  }
}

test('who keeps what was found gets it when he cancels, and nobody gets it later', async () => {
  const core = new KeepingCore();
  const jobs = new Jobs(core, limits);
  const cancel = new AbortController();
  const cancelled = jobs.ask('feature', question(7), source, { signal: cancel.signal, keepsFound: true });
  cancel.abort();
  expect((await cancelled).sae.feature).toBe(7);
  void jobs.ask('feature', question(7), source);
  expect(core.asked.length).toBe(2);
});

test('who keeps what was found does not end what others wait for, nor wait in the queue', async () => {
  const core = new KeepingCore();
  const jobs = new Jobs(core, limits);
  const cancel = new AbortController();
  const other = jobs.ask('feature', question(7), source);
  const options = { signal: cancel.signal, keepsFound: true };
  const leaving = jobs.ask('feature', question(7), source, options);
  const queued = jobs.ask('feature', question(8), source, options);
  cancel.abort();
  await expect(leaving).rejects.toThrow(CancelledError);
  await expect(queued).rejects.toThrow(CancelledError);
  core.asked[0]!.finish();
  expect((await other).sae.feature).toBe(7);
});
