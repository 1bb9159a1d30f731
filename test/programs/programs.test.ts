import { expect, test } from 'vitest';
import { PROGRAMS } from '../../src/programs/index.js';
import { ghosttree } from '../support/terminal.js';

test.each(PROGRAMS.map(({ name }) => name))('%s says what it does, and does nothing else', async (name) => {
  const { summary } = PROGRAMS.find((program) => program.name === name)!;
  const answers = [];
  for (const args of [
    ['help', name],
    [name, '--help'],
    [name, '-h'],
    ['--help', name],
  ]) {
    const { code, stdout, stderr } = await ghosttree(args);
    expect([code, stderr]).toEqual([0, '']);
    answers.push(stdout);
  }
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain(summary);
  expect(answers[0]).toContain('Examples:\n');
});

test('pull --help names its options', async () => {
  const { stdout } = await ghosttree(['pull', 'gemma-2b', 'layers=0', '--help']);
  expect(stdout).toMatch(/^ {2}layers {2}/m);
  expect(stdout).toMatch(/^ {2}dtype {3}stored, float32, q8, q4/m);
});

test('help and models as JSON', async () => {
  const all = JSON.parse((await ghosttree(['help', '--json'])).stdout);
  expect(all.schema).toBe('ghosttree/help@1');
  expect(all.programs.map(({ name }: { name: string }) => name)).toContain('pull');
  const feature = all.commands.find(({ name }: { name: string }) => name === 'feature');
  expect(feature.options).toContainEqual({
    name: 'theme',
    meaning: 'colours of the picture',
    range: 'dark, light, print',
    choices: ['dark', 'light', 'print'],
    default: 'dark',
  });
  const one = JSON.parse((await ghosttree(['help', 'pull', '--json'])).stdout);
  expect([one.commands.length, one.programs.length]).toEqual([0, 1]);
  const models = JSON.parse((await ghosttree(['models', '--json'])).stdout);
  expect(models).toEqual({
    schema: 'ghosttree/models@1',
    models: [
      {
        id: 'tiny-gpt2',
        title: expect.any(String),
        default: true,
        dtype: 'stored',
        release: 'tiny-res',
        layers: [0, 1],
        features: 48,
        state: 'here',
        layersHere: [0, 1],
        bytes: expect.any(Number),
      },
    ],
  });
});

test('ranges are those that the operator allows', async () => {
  expect((await ghosttree(['help', 'feature'])).stdout).toMatch(/nodes +a whole number 1\.\.20000 /);
  expect((await ghosttree(['help', 'compare'])).stdout).toMatch(/nodes +a whole number 1\.\.20000 /);
  expect((await ghosttree(['help', 'dream'])).stdout).toMatch(
    /budget +a whole number 1000\.\.5000000 .*\(4000\)/,
  );
});

test('a negative number is no flag', async () => {
  for (const args of [
    ['feature', '0', '-1'],
    ['kind', '0', '-12'],
    ['feature', '0/-1'],
    ['dream', 'L0', 'F-1'],
  ]) {
    const { code, stderr } = await ghosttree(args);
    expect(stderr).toMatch(
      /^ghosttree: Feature -\d+ does not exist: layer 0 of tiny-gpt2 has features 0 to 47\.\n$/,
    );
    expect(code).toBe(2);
  }
  expect((await ghosttree(['feature', '-1', '7'])).stderr).toBe(
    'ghosttree: tiny-gpt2 has no SAE at layer -1; layers with one: 0, 1.\n',
  );
});

test.each(['60', '200'])('COLUMNS=%s counts in a pipe', async (COLUMNS) => {
  const args = ['feature', '0', '7', 'cutoff=0.05', 'tokens=60'];
  const { stdout } = await ghosttree(args, { env: { COLUMNS } });
  const list = stdout
    .slice(stdout.indexOf('Token list'), stdout.indexOf('Picture: '))
    .trim()
    .split('\n')
    .slice(1);
  const widest = Math.max(...list.map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(Number(COLUMNS));
  expect(widest).toBeGreaterThan(Number(COLUMNS) / 2);
});
