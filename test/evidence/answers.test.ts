import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/index.js';
import type { FeatureReport } from '../../src/core/index.js';
import { createEvidence } from '../../src/evidence/index.js';
import { glossConfiguration } from '../support/glossModel.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';
import { GOOD, HOSTILE, NeuronpediaServer } from './neuronpediaServer.js';

const QUESTION = ['feature', '0', '7', 'cutoff=0.01', 'tokens=5'];

let server: NeuronpediaServer;
let config: string;
/** The answer where nobody is asked. */
let without: string;
beforeAll(async () => {
  server = await NeuronpediaServer.start();
  config = await temporaryFolder();
  await cp(fixture('config'), config, { recursive: true });
  const catalogue = join(config, 'models.yaml');
  const text = await readFile(catalogue, 'utf8');
  await writeFile(catalogue, text.replace(/^( +)release: .*$/m, '$&\n$1neuronpedia: tiny-gpt2/{layer}-res'));
  without = (await ghosttree(QUESTION, { config, env: { NEURONPEDIA_URL: 'off' } })).stdout;
});
afterAll(() => server.stop());

const ask = (...more: string[]) =>
  ghosttree([...QUESTION, ...more], { config, env: { NEURONPEDIA_URL: server.url } });

test('an answer holds what Neuronpedia knows, as text and in the report', async () => {
  server.answer = { body: GOOD };
  const { stdout, code } = await ask();
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Top activating examples from Neuronpedia, max activation 61.5, activation density 0.21%',
  );
  expect(stdout).toContain('explained as: numbers that are years');
  expect(stdout).toContain('60.3  In «1994»');
  const report = JSON.parse((await ask('--json')).stdout) as FeatureReport;
  expect(report.evidence).toMatchObject({ source: 'neuronpedia', explanations: ['numbers that are years'] });
});

test.each([
  ['knows nothing', { status: 404 }],
  ['fails', { status: 500 }],
  ['answers too late', { body: GOOD, delay: 4_000 }],
])('where it %s, an answer is what it was', async (_, answer) => {
  server.answer = answer;
  const { stdout, code } = await ask();
  expect(code).toBe(0);
  expect(stdout).toBe(without);
  expect(stdout).toContain('Token list');
});

test('nothing that it says steers the terminal', async () => {
  const tokens = [HOSTILE, ' x'];
  server.answer = {
    body: { explanations: [{ description: HOSTILE }], activations: [{ tokens, values: [1, 0] }] },
  };
  const { stdout, code } = await ask();
  expect(code).toBe(0);
  expect(stdout).toContain('@everyone');
  expect(stdout).not.toMatch(/(?!\n)\p{C}/u);
});

test('activations on a text tell the max activation', async () => {
  server.answer = { body: GOOD };
  const env = { NEURONPEDIA_URL: server.url };
  const { stdout } = await ghosttree(['activate', '0', '7', 'the ship'], { config, env });
  expect(stdout).toContain('Max activation 61.5');
});

test('examples that come with a model need no network', async () => {
  const gloss = readConfiguration(glossConfiguration()).models.get('gloss-12l')!;
  const evidence = createEvidence(undefined);
  const found = (await evidence.of(gloss, 10, 777))!;
  expect(found).toMatchObject({ source: 'shipped', explanations: [], maximum: expect.any(Number) });
  expect(found.density).toBeGreaterThan(0);
  expect(found.examples).toHaveLength(10);
  for (const { tokens, activations } of found.examples) expect(tokens).toHaveLength(activations.length);
  expect(await evidence.of(gloss, 10, 5_000)).toBeUndefined();
  expect(await evidence.of({ ...gloss, folder: '/nowhere' }, 10, 777)).toBeUndefined();
});

test('in how many SAEs of other seeds a feature returns is told where it is known', async () => {
  const folder = await temporaryFolder();
  const line = { hook: 'h', feature: 3, density: 0.01, max: 5, examples: [], histogram: [1, 2], middle: [] };
  const lines = [
    { ...line, stability: { returns: 1, seeds: 2 } },
    { ...line, feature: 4 },
  ];
  const text = lines.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  await writeFile(join(folder, 'features.jsonl.gz'), gzipSync(text));
  const evidence = createEvidence(undefined);
  const model = { ...readConfiguration(config).models.get('tiny-gpt2')!, folder };
  model.saes[0]!.hook = 'h';
  expect(await evidence.of(model, 0, 3)).toMatchObject({
    density: 0.01,
    stability: { returns: 1, seeds: 2 },
  });
  expect(await evidence.of(model, 0, 4)).not.toHaveProperty('stability');
});
