import { expect, test } from 'vitest';
import { compare } from '../../../commands/compare/index.js';
import { planLine } from '../../../commands/index.js';
import { splitLine, toRequest } from '../../../commands/line/grammar.js';
import { type CatalogueModel, jobLimits, readConfiguration } from '../../../src/configuration/index.js';
import type { CompareRequest } from '../../../src/core/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { glossConfiguration } from '../../support/glossModel.js';

const { settings, models } = readConfiguration(glossConfiguration());
const other: CatalogueModel = { ...models.get('gloss-12l')!, id: 'gloss-copy' };
const configuration = { settings, models: new Map([...models, [other.id, other]]) };

/** What the core is asked for a command line, and the line that repeats it. */
async function asked(line: string): Promise<{ request: CompareRequest; line: string; title: string }> {
  const requests: unknown[] = [];
  const answerer = {
    ask: async (_kind: string, request: unknown) => {
      requests.push(request);
      throw new Error('asked');
    },
  };
  const jobs = new LocalJobs(answerer as never, jobLimits(settings));
  const plan = planLine(line, { configuration, jobs });
  await expect(plan.run({})).rejects.toThrow('asked');
  return { request: requests[0] as CompareRequest, line: plan.line, title: plan.title };
}

const plan = (line: string) =>
  compare.plan(toRequest(splitLine(line)), { configuration, jobs: undefined as never });

test('one feature is compared encoder against decoder, at one setting', async () => {
  const { request, line, title } = await asked('compare 10 777');
  expect(title).toBe('gloss-12l · layer 10 · feature 777 · encoder and decoder');
  expect(line).toBe('compare 10 777');
  expect(request.sides).toEqual([
    { layer: 10, feature: 777, weights: 'encoder' },
    { layer: 10, feature: 777, weights: 'decoder' },
  ]);
  expect(request.parameters).toMatchObject({ at: 'input', scale: 'auto', top: 5, tokens: 100, prune: 'on' });
  expect(request.parameters).not.toHaveProperty('weights');
});

test.each([
  '10 777 6 301',
  '10/777 6/301',
  'L10 F777 L6 F301',
  '10 777 L6 F301',
  'gloss-12l/10-res/777 6 301',
  'gloss-12l/10-res/777 gloss-12l/6-res/301',
  "10 777 with='6 301'",
  '10 777 with=6/301',
  'layer 10 feature 777 layer 6 feature 301',
])('%s names two features', async (words) => {
  const { request, line } = await asked(`compare ${words}`);
  expect(request.sides).toEqual([
    { layer: 10, feature: 777, weights: 'encoder' },
    { layer: 6, feature: 301, weights: 'encoder' },
  ]);
  expect(line).toBe('compare 10 777 6 301');
});

test('the second feature is of the first one’s model, and options that are not the defaults stay', async () => {
  const { request, line } = await asked(
    'compare gloss-copy/10-res/777 6 301 weights=decoder scale=best top=3',
  );
  expect(request.model).toBe('gloss-copy');
  expect(request.sides.map(({ weights }) => weights)).toEqual(['decoder', 'decoder']);
  expect(line).toBe('compare 10 777 6 301 model=gloss-copy scale=best top=3 weights=decoder');
  expect((await asked(line)).request).toEqual(request);
});

test('either feature may be any', async () => {
  const { request } = await asked('compare 10 random random');
  expect(request.sides[0].layer).toBe(10);
  expect([0, 6, 10]).toContain(request.sides[1].layer);
});

test.each([
  ['10 777 3 301', /^gloss-12l has no SAE at layer 3; layers with one: 0, 6, 10\.$/],
  [
    '10 777 gloss-copy/6-res/301',
    /^Only features of one model can be compared; these are of gloss-12l and gloss-copy\.$/,
  ],
  ['10 777 10/777', /^Both are the same feature: name another/],
  ['10 777 6 301 with=6/301', /^Two features are named already: leave with= out\.$/],
  ['10 777 weights=decoder', /leave it out\.$/],
  ['10 777 6', /^"10 777 6" names no feature/],
  ['10 777 with=nothing', /^"nothing" names no feature/],
  ['10 777 nodes=99999999', /^nodes=99999999: expected a whole number 1\.\.20000\.$/],
  ['10 777 depth=3', /^There is no option "depth"\./],
])('%s is refused', (line, message) => {
  expect(() => plan(line)).toThrow(message);
});

test('help tells the default of its own', async () => {
  const { text } = await planLine('help compare', { configuration, jobs: undefined as never }).run({});
  expect(text).toMatch(/scale .*best: one for both/);
});
