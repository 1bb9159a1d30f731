import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { evidenceTexts } from '../../commands/parts/evidence.js';
import { readNeuronpedia } from '../../src/configuration/environment.js';
import type { CatalogueModel } from '../../src/configuration/index.js';
import { createEvidence, type Evidence } from '../../src/evidence/index.js';
import { ownTime } from '../support/ownTime.js';
import { GOOD, HOSTILE, NeuronpediaServer } from './neuronpediaServer.js';

const MODEL = {
  id: 'gemma-2b',
  folder: '/nowhere',
  saes: {},
  neuronpedia: { 10: 'gemma-2b/10-res-jb' },
} as unknown as CatalogueModel;
const LIMIT = 300;

let server: NeuronpediaServer;
let logged: string[];
let evidence: Evidence;
beforeAll(async () => {
  server = await NeuronpediaServer.start();
});
beforeEach(() => {
  server.requests.length = 0;
  logged = [];
  evidence = createEvidence({ url: server.url, log: (message) => logged.push(message) }, LIMIT);
});
afterEach(() => {
  server.answer = {};
});
afterAll(() => server.stop());

test('a good answer becomes evidence, the strongest example first', async () => {
  server.answer = { body: GOOD };
  expect(await evidence.of(MODEL, 10, 777)).toEqual({
    source: 'neuronpedia',
    density: 0.0021,
    maximum: 61.5,
    explanations: ['numbers that are years'],
    examples: [
      { tokens: [' In', ' 1994'], activations: [0, 60.25] },
      { tokens: [' born', ' in', ' ', '1', '9'], activations: [0, 0, 3, 20.5, 8] },
    ],
  });
  expect(server.requests.map(({ url }) => url)).toEqual(['/api/feature/gemma-2b/10-res-jb/777']);
  expect(logged).toEqual([]);
});

test('it is kept, and two who ask at once share one request', async () => {
  server.answer = { body: GOOD, delay: 20 };
  await Promise.all([evidence.of(MODEL, 10, 777), evidence.of(MODEL, 10, 777)]);
  expect(await evidence.of(MODEL, 10, 777)).toMatchObject({ density: 0.0021 });
  expect(server.requests).toHaveLength(1);
});

test('a key goes with the request, and nothing where there is none', async () => {
  server.answer = { body: GOOD };
  await evidence.of(MODEL, 10, 1);
  await createEvidence({ url: server.url, apiKey: 'secret', log: () => {} }).of(MODEL, 10, 1);
  expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual([undefined, 'secret']);
});

test('models and layers that it has not got are not asked about', async () => {
  expect(await evidence.of(MODEL, 6, 777)).toBeUndefined();
  expect(server.requests).toEqual([]);
});

test('what it does not know is kept, too, and nobody need hear of it', async () => {
  server.answer = { status: 404, body: 'no such feature' };
  expect(await evidence.of(MODEL, 10, 777)).toBeUndefined();
  expect(await evidence.of(MODEL, 10, 777)).toBeUndefined();
  expect(server.requests).toHaveLength(1);
  expect(logged).toEqual([]);
});

test('a slow answer is not waited for longer than the limit', async () => {
  server.answer = { body: GOOD, delay: 3 * LIMIT };
  const started = ownTime();
  expect(await evidence.of(MODEL, 10, 777)).toBeUndefined();
  expect(ownTime() - started).toBeLessThan(2 * LIMIT);
  await expect.poll(() => logged).toHaveLength(1);
  expect(logged[0]).toContain('it took too long');
});

test.each([
  ['an error', { status: 500, body: 'oops' }, 'HTTP 500'],
  ['another place', { status: 302 }, 'fetch failed'],
  ['no JSON', { body: '<html>' }, 'JSON'],
  ['another shape', { body: { ...GOOD, activations: 'many' } }, 'unexpected shape at activations'],
  ['a list', { body: '[]' }, 'unexpected shape at the top'],
  ['more than anybody needs', { body: ' '.repeat(5_000_000) }, 'more than 4000000 bytes'],
])('%s is logged and ignored, and nothing is asked for a while', async (_, answer, reason) => {
  server.answer = answer;
  const patient = createEvidence({ url: server.url, log: (message) => logged.push(message) }, 5_000);
  expect(await patient.of(MODEL, 10, 777)).toBeUndefined();
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('gemma-2b/10-res-jb/777');
  expect(logged[0]).toContain(reason);
  server.answer = { body: GOOD };
  expect(await patient.of(MODEL, 10, 778)).toBeUndefined();
  expect(server.requests).toHaveLength(1);
});

test('an answer that says nothing is none', async () => {
  server.answer = { body: { explanations: [], activations: null, index: '777' } };
  expect(await evidence.of(MODEL, 10, 777)).toBeUndefined();
  expect(logged).toEqual([]);
});

test('texts are bounded, and characters that steer what shows them are taken out', async () => {
  const example = {
    tokens: [HOSTILE, ...Array(4000).fill('x'.repeat(4000))],
    values: [9, ...Array(4000).fill(1)],
  };
  const explanations = Array(100).fill({ description: HOSTILE.repeat(100) });
  // As a stranger would send it, not as this server's memory allows.
  const tokens = example.tokens.map((token) => token.slice(0, 100));
  server.answer = {
    body: { explanations, activations: Array(3).fill({ ...example, tokens }), frac_nonzero: 7 },
  };
  const patient = createEvidence({ url: server.url, log: () => {} }, 5_000);
  const found = (await patient.of(MODEL, 10, 777))!;
  expect(JSON.stringify(found).length).toBeLessThan(100_000);
  expect(found).not.toHaveProperty('density');
  expect(found.explanations).toHaveLength(3);
  expect(found.examples).toHaveLength(1);
  expect(found.examples[0]!.tokens).toHaveLength(512);
  expect(JSON.stringify(found)).not.toMatch(/\\u001b|\\u0007|\u202E/);
  const lines = evidenceTexts(found);
  expect(lines.length).toBeLessThan(8);
  for (const line of lines) expect(line).not.toMatch(/\p{C}/u);
});

test('the environment says where it is, or that nobody is asked', () => {
  expect(readNeuronpedia({})).toEqual({ url: 'https://www.neuronpedia.org', apiKey: undefined });
  expect(readNeuronpedia({ NEURONPEDIA_URL: 'http://mirror/x/', NEURONPEDIA_API_KEY: 'k' })).toEqual({
    url: 'http://mirror/x',
    apiKey: 'k',
  });
  expect(readNeuronpedia({ NEURONPEDIA_URL: 'off' })).toBeUndefined();
  expect(() => readNeuronpedia({ NEURONPEDIA_URL: 'mirror' })).toThrow(/^NEURONPEDIA_URL is no web address/);
});
