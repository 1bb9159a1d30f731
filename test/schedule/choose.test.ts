import { afterAll, beforeAll, expect, test } from 'vitest';
import { coreSettings, readConfiguration } from '../../src/configuration/index.js';
import { createCore, type QuestionKind, type Report, type Request } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import type { Schedule, ShownFeature } from '../../src/schedule/book.js';
import { type ChoiceContext, chooseFeature } from '../../src/schedule/choose.js';
import { addDays } from '../../src/schedule/instants.js';
import { glossConfiguration } from '../support/glossModel.js';

const DAY = '2026-11-23';
const SCHEDULE: Schedule = {
  channel: 'slack:T1:C1',
  at: '09:00',
  zone: 'Europe/Berlin',
  days: [1, 2, 3, 4, 5],
  model: 'gloss-12l',
  layer: 10,
  pick: 'interesting',
  since: 0,
  setBy: 'slack:T1:U1',
};

const configuration = readConfiguration(glossConfiguration());
// The search for the best scale takes most of a tree's time, and proves nothing here.
configuration.models.get('gloss-12l')!.defaults.scale = 4;
const core = createCore(coreSettings(configuration.settings));
const asked: { kind: QuestionKind; feature?: number }[] = [];
const jobs: Pick<Jobs, 'ask'> = {
  ask: <K extends QuestionKind>(kind: K, request: Request<K>, source: Parameters<Jobs['ask']>[2]) => {
    asked.push({ kind, ...('feature' in request && { feature: request.feature }) });
    return core.ask(kind, request, source) as Promise<Report<K>>;
  },
};
let shown: ShownFeature[];

beforeAll(() => {
  shown = [];
});
afterAll(() => core.close());

const choose = (schedule: Schedule, day = DAY, evidence?: ChoiceContext['evidence']) => {
  const book = { shown: async () => shown };
  return chooseFeature(schedule, day, { configuration, jobs, book, evidence });
};

test('the same day gives the same feature, another day another', async () => {
  const schedule: Schedule = { ...SCHEDULE, pick: 'random' };
  const chosen = await choose(schedule);
  expect(chosen).toMatchObject({ model: 'gloss-12l', layer: 10, line: `feature 10 ${chosen.feature}` });
  expect(await choose(schedule)).toEqual(chosen);
  expect((await choose(schedule, '2026-11-24')).feature).not.toBe(chosen.feature);
  expect((await choose({ ...schedule, channel: 'slack:T1:C2' })).feature).not.toBe(chosen.feature);
});

test('all layers come in turn where none is named', async () => {
  const { layer: _, ...schedule } = { ...SCHEDULE, pick: 'random' as const };
  shown = [];
  for (let day = 0; day < 6; day++) {
    const { layer, feature } = await choose(schedule, addDays(DAY, day));
    shown.push({ layer, feature, day: addDays(DAY, day) });
  }
  expect(shown.map(({ layer }) => layer).sort((a, b) => a - b)).toEqual([0, 0, 6, 6, 10, 10]);
});

test('an interesting one is chosen among a few candidates, none of them shown before', async () => {
  shown = [];
  const first = await choose(SCHEDULE);
  shown = [{ layer: 10, feature: first.feature, day: '2026-11-20' }];
  asked.length = 0;
  const second = await choose(SCHEDULE);
  const candidates = asked.flatMap(({ feature }) => feature ?? []);
  expect(asked[0]!.kind).toBe('survey');
  expect(candidates.length).toBeGreaterThan(1);
  expect(candidates).toContain(second.feature);
  expect(candidates).not.toContain(first.feature);
  expect(await choose(SCHEDULE)).toEqual(second);
});

test('an interesting one has examples that tell people, and the first that reads back is taken', async () => {
  shown = [];
  asked.length = 0;
  const looked: number[] = [];
  const chosen = await choose(SCHEDULE, DAY, async (_model, _layer, feature) => {
    looked.push(feature);
    return {
      source: 'shipped',
      // So small that whatever activates a feature reads it back.
      maximum: 1e-9,
      label: { words: ['ship'], shared: feature % 2 === 0 ? 3 : 0, of: 5, source: 'examples' },
      explanations: [],
      examples: [{ tokens: [' ship'], activations: [1] }],
    };
  });
  const answered = asked.flatMap(({ kind, feature }) => (kind === 'feature' ? [feature!] : []));
  expect(looked.some((feature) => feature % 2 === 1)).toBe(true);
  expect(answered.every((feature) => feature % 2 === 0)).toBe(true);
  expect(answered).toContain(chosen.feature);
  // What follows the first that reads back is not asked.
  const telling = looked.filter((feature) => feature % 2 === 0);
  expect(answered).toEqual(telling.slice(0, answered.length));
});

test('a list is shown in its order; features that are not there are left out', async () => {
  shown = [{ layer: 10, feature: 777, day: '2026-11-20' }];
  const { layer: _, ...schedule } = { ...SCHEDULE, pick: { list: ['10/777', '3/5', '10/99999', '6/12'] } };
  expect((await choose(schedule)).line).toBe('feature 6 12');
  await expect(choose({ ...schedule, pick: { list: ['3/5'] } })).rejects.toThrow('No feature of the list');
});

test('a model or layer that is not there any more is told', async () => {
  await expect(choose({ ...SCHEDULE, model: 'gone' })).rejects.toThrow('There is no model "gone" any more');
  await expect(choose({ ...SCHEDULE, layer: 3 })).rejects.toThrow(
    'Layer 3 of gloss-12l is not on this machine',
  );
});
