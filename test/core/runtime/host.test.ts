import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { CancelledError, EngineError, InputError } from '../../../src/core/report/errors.js';
import type { InferenceEvent } from '../../../src/core/runtime/process/events.js';
import { InferenceHost } from '../../../src/core/runtime/process/host.js';
import { memoryNeeded } from '../../../src/core/weights/memory.js';
import { InferenceWatch } from '../../../src/operations/index.js';
import { isLong } from '../../support/longRun.js';
import { notedLog } from '../../support/notedLog.js';
import { longJob, tinyJob } from '../../support/processes.js';
import { tinyModel } from '../../support/tinyModel.js';

const settings = { stallMilliseconds: 20_000, graceMilliseconds: 5_000 };
let host: InferenceHost;
afterEach(() => host.close());

test('jobs asked for at once are answered one after another', async () => {
  host = new InferenceHost(settings);
  const reports = await Promise.all([3, 5, 7].map((feature) => host.run(withFeature(feature))));
  expect(reports.map(({ sae }) => sae.feature)).toEqual([3, 5, 7]);
});

test('a 10 ms timer on the main thread is never late by more than 50 ms while a tree grows', async () => {
  host = new InferenceHost(settings);
  await host.run(tinyJob());
  const lateness: number[] = [];
  let last = performance.now();
  let worked = process.cpuUsage();
  const timer = setInterval(() => {
    // A busy machine makes any timer late. What counts is what this process did in the meantime.
    const { user, system } = process.cpuUsage(worked);
    lateness.push(Math.min(performance.now() - last, (user + system) / 1000) - 10);
    last = performance.now();
    worked = process.cpuUsage();
  }, 10);
  const job = longJob();
  job.limits.treeMilliseconds = 2000;
  const report = await host.run(job);
  clearInterval(timer);
  expect(report.tree.complete).toBe(false);
  expect(lateness.length).toBeGreaterThan(50);
  expect(Math.max(...lateness)).toBeLessThan(50);
});

test('a cancel is heard within a batch, and the next job is answered by the same process', async () => {
  let started = 0;
  host = new InferenceHost(settings, undefined, ({ type }) => {
    if (type === 'started') started++;
  });
  const cancel = new AbortController();
  let cancelledAt = 0;
  const job = host.run(longJob(), {
    signal: cancel.signal,
    onProgress: (progress) => {
      if (progress.stage !== 'growing' || cancelledAt) return;
      cancelledAt = performance.now();
      cancel.abort();
    },
  });
  await expect(job).rejects.toThrow(CancelledError);
  // On a busy machine what matters is that it comes before the patience ends, after which the process is replaced.
  if (isLong) expect(performance.now() - cancelledAt).toBeLessThan(1000);
  await host.run(tinyJob());
  expect(started).toBe(1);
});

test('a job whose signal was raised before its turn is not started', async () => {
  host = new InferenceHost(settings);
  const running = host.run(tinyJob());
  await expect(host.run(tinyJob(), { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  expect((await running).tree.nodes).toBeGreaterThan(0);
});

test('a question that does not fit the model is answered with the reason', async () => {
  host = new InferenceHost(settings);
  await expect(host.run(withFeature(48))).rejects.toThrow(
    new InputError('Feature 48 does not exist: blocks.0.hook_resid_post has features 0 to 47.'),
  );
});

test('a process that is killed fails its job with a clear error and the next job works', async () => {
  host = new InferenceHost(settings);
  const job = host.run(longJob(), { onProgress: () => kill(host) });
  await expect(job).rejects.toThrow(
    new EngineError('The inference process died by SIGKILL and was replaced; try again.'),
  );
  expect((await host.run(tinyJob())).tree.nodes).toBeGreaterThan(0);
});

test('a process that gives no sign of life is replaced', async () => {
  // A process that takes jobs and never answers.
  const silent = pathToFileURL('test/fixtures/silentProcess.mjs');
  host = new InferenceHost({ stallMilliseconds: 300, graceMilliseconds: 300 }, silent);
  await expect(host.run(tinyJob())).rejects.toThrow(/gave no sign of life for 0.3 s and was replaced/);
});

test('closing during a run ends the job and the process without a crash', async () => {
  host = new InferenceHost(settings);
  let exitCode: number | null | undefined;
  const job = host.run(longJob(), {
    onProgress: (progress) => {
      if (progress.stage !== 'growing' || exitCode !== undefined) return;
      exitCode = null;
      childOf(host).once('exit', (code) => {
        exitCode = code;
      });
      void host.close();
    },
  });
  await expect(job).rejects.toThrow(CancelledError);
  await host.close();
  expect(exitCode).toBe(0);
  await expect(host.run(tinyJob())).rejects.toThrow('Ghosttree is shutting down.');
});

test('a job that cannot be sent is refused at once, and its watchdog ends no process', async () => {
  const events: InferenceEvent[] = [];
  const silent = pathToFileURL('test/fixtures/silentProcess.mjs');
  const patience = { stallMilliseconds: 300, graceMilliseconds: 300 };
  host = new InferenceHost(patience, silent, (event) => void events.push(event));
  const job = { ...tinyJob(), id: 'a1' };
  job.limits = { ...job.limits, batch: Object.prototype.constructor as never };
  await expect(host.run(job)).rejects.toThrow(/^The question cannot be computed: .*could not be cloned/);
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(events.map(({ type }) => type)).toEqual(['started', 'failed']);
  expect(events[1]).toMatchObject({ kind: 'fault', job: { id: 'a1', kind: 'feature', model: 'tiny-gpt2' } });
  const { exitCode, signalCode } = childOf(host);
  expect([exitCode, signalCode]).toEqual([null, null]);
});

test.each<[string, unknown]>([
  ['parameters.centroid', { parameters: { centroid: Object.prototype.constructor } }],
  ['parameters.scale', { parameters: { scale: Number.NaN } }],
  ['feature', { feature: -1 }],
  ['layer', { layer: '0' }],
])('a request whose %s is none is refused before any process hears of it', async (path, change) => {
  host = new InferenceHost(settings);
  const job = tinyJob();
  const { parameters, ...rest } = change as { parameters?: object };
  const request = { ...job.request, ...rest, parameters: { ...job.request.parameters, ...parameters } };
  const refused = host.run({ ...job, request: request as never });
  await expect(refused).rejects.toThrow(new RegExp(`^The question cannot be computed: ${path}: `));
  await expect(refused).rejects.toBeInstanceOf(EngineError);
  expect(childOf(host)).toBeUndefined();
});

test.each(['constructor', '__proto__', 'nonsense'])('there is no kind of question "%s"', async (kind) => {
  host = new InferenceHost(settings);
  await expect(host.run({ ...tinyJob(), kind: kind as 'feature' })).rejects.toThrow(
    `The question cannot be computed: there is no kind of question "${kind}"`,
  );
});

test('a process that dies again and again while it loads a model is told', async () => {
  const watch = new InferenceWatch(notedLog([], []), () => {});
  host = new InferenceHost(settings, undefined, (event) => {
    watch.heard(event);
    // As a model does that its native code cannot bear: after the process has said how it is.
    if (event.type === 'state') kill(host);
  });
  for (let death = 0; death < 3; death++) {
    expect(await watch.problem()).toBeUndefined();
    await expect(host.run(longJob())).rejects.toThrow(/died by SIGKILL/);
  }
  expect(await watch.problem()).toMatch(/^the inference process ended 3 times in a row/);
});

function withFeature(feature: number) {
  const job = tinyJob();
  job.request.feature = feature;
  return job;
}

function childOf(target: InferenceHost): import('node:child_process').ChildProcess {
  return (target as unknown as { child: import('node:child_process').ChildProcess }).child;
}

function kill(target: InferenceHost): void {
  childOf(target).kill('SIGKILL');
}

test('one process answers about several models, however little memory they may share', async () => {
  host = new InferenceHost(settings);
  const names = ['tiny-gpt2', 'tiny-gemma', 'tiny-gemma-2', 'tiny-gpt2'] as const;
  const sources = names.map((name) => tinyModel(name));
  const needs = await Promise.all(sources.map(memoryNeeded));
  const answers = async (memoryBytes: number) => {
    const reports = [];
    for (const source of sources) {
      const job = tinyJob({}, source);
      reports.push(await host.run({ ...job, settings: { threads: 1, memoryBytes } }));
    }
    return reports.map(({ model, tree, tokens }) => ({ model, tree, tokens }));
  };
  const together = await answers(1e9);
  const inTurn = await answers(Math.max(...needs));
  expect(inTurn).toEqual(together);
  expect(together.map(({ model }) => model.id)).toEqual(names);
  await host.close();
  host = new InferenceHost(settings);
  await expect(answers(Math.min(...needs) / 2)).rejects.toThrow(/raise inference\.memoryMegabytes/);
});

test('a device that this machine lacks gives way to the CPU', async () => {
  host = new InferenceHost(settings);
  const job = tinyJob();
  const onCpu = await host.run(job);
  await host.close();
  host = new InferenceHost(settings);
  const fallen = await host.run({ ...job, settings: { ...job.settings, device: 'cuda' } });
  expect(fallen.tree.nodes).toBe(onCpu.tree.nodes);
});

test('whoever watches hears of starts, models and memory, faults under their id, and ends', async () => {
  const events: InferenceEvent[] = [];
  host = new InferenceHost(settings, undefined, (event) => void events.push(event));
  await host.run(tinyJob());
  expect(events[0]).toEqual({ type: 'started', child: expect.any(Number) });
  const state = events.findLast(({ type }) => type === 'state');
  expect(state).toEqual({ type: 'state', models: ['tiny-gpt2'], residentBytes: expect.any(Number) });
  expect((state as { residentBytes: number }).residentBytes).toBeGreaterThan(2e7);

  const { request } = tinyJob();
  const broken = { ...request, parameters: undefined as never };
  await expect(host.run({ ...tinyJob(), id: 'a1', request: broken })).rejects.toThrow(EngineError);
  expect(events.find(({ type }) => type === 'failed')).toMatchObject({
    kind: 'fault',
    job: { id: 'a1', kind: 'feature', model: 'tiny-gpt2' },
    stack: expect.stringContaining('    at '),
  });

  const dying = host.run({ ...longJob(), id: 'a2' });
  process.kill((events[0] as { child: number }).child, 'SIGKILL');
  await expect(dying).rejects.toThrow(EngineError);
  expect(events.at(-1)).toEqual({ type: 'ended', how: 'SIGKILL', expected: false, id: 'a2' });
  await host.run(tinyJob());
  await host.close();
  expect(events.at(-1)).toEqual({ type: 'ended', how: 0, expected: true, id: undefined });
});
