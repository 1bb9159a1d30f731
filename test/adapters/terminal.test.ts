import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { listCommands } from '../../commands/index.js';
import type { FeatureReport } from '../../src/core/report/feature.js';
import { PROGRAMS } from '../../src/programs/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { damagedModel, ghosttree, ghosttreeProcess } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';
import { until } from '../support/until.js';

const PROGRAM = `node ${resolve('dist/src/main.js')}`;
/** Commands and programs, as a refusal lists them. */
const EVERY_NAME = [...listCommands(), ...PROGRAMS].map(({ name }) => name).join(', ');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

test('feature prints title and token list and writes the picture', async () => {
  const cwd = await temporaryFolder();
  const { code, stdout, stderr } = await ghosttreeProcess(
    ['feature', '0', '7', 'cutoff=0.005', 'tokens=20', '--out', 'tree.png'],
    { cwd },
  );
  expect(stderr).toContain('loading the model');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^tiny-gpt2 · layer 0 · feature 7 · encoder · at the input at \d+ × mean token distance\n\n\? not measured yet: /,
  );
  expect(stdout).toContain('Token list');
  expect(stdout).toMatch(/^ {2}1 /m);
  expect(stdout).toContain(
    `Picture: tree.png\nPicture: tree-tree.png\nRepeat: ${PROGRAM} feature 0 7 cutoff=0.005 tokens=20\n`,
  );
  expect((await readFile(join(cwd, 'tree.png'))).subarray(0, 4)).toEqual(PNG);
});

test('without --out the picture is named after the feature', async () => {
  const cwd = await temporaryFolder();
  await ghosttree(['feature', 'L0', 'F7', 'cutoff=0.05', 'weights=decoder'], { cwd });
  expect(existsSync(join(cwd, 'tiny-gpt2-L0-F7-decoder-cutoff0.05.png'))).toBe(true);
});

test('nothing is left in the home folder, and so no id of the machine that could be sent anywhere', async () => {
  const home = await temporaryFolder();
  const { code } = await ghosttreeProcess(['feature', '0', '7', 'cutoff=0.05'], {
    env: { HOME: home, CI: '' },
  });
  expect(code).toBe(0);
  expect(await readdir(home)).toEqual([]);
});

test('SIGINT cancels the question, and nothing is written', async () => {
  const cwd = await temporaryFolder();
  const args = [resolve('dist/src/main.js'), 'feature', '0', '7', 'cutoff=1e-8', 'top=20', 'close=off'];
  const env = { ...process.env, GHOSTTREE_CONFIG: fixture('config') };
  const program = spawn(process.execPath, [...args, 'nodes=20000'], { cwd, env });
  let [stdout, stderr] = ['', ''];
  program.stdout.on('data', (text) => {
    stdout += text;
  });
  program.stderr.on('data', (text) => {
    stderr += text;
  });
  await until('progress is shown', () => stderr.includes('loading the model'));
  program.kill('SIGINT');
  const [code] = await once(program, 'close');
  expect([code, stdout, await readdir(cwd)]).toEqual([1, '', []]);
  expect(stderr).toMatch(/^ghosttree: Cancelled\.\n$/m);
});

test('--json prints the report and nothing else on standard output', async () => {
  const cwd = await temporaryFolder();
  const { code, stdout } = await ghosttree(
    ['feature', '1/3', 'scale=2', 'cutoff=0.01', 'tokens=5', '--json'],
    { cwd },
  );
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as FeatureReport;
  // Another test may have measured the layer: there is `kind`, too, then.
  expect(Object.keys(report).filter((key) => key !== 'kind')).toEqual([
    'schema',
    'model',
    'sae',
    'parameters',
    'ghost',
    'definitions',
    'calibrated',
    'thresholds',
    'logits',
    'near',
    'tree',
    'tokens',
    'promptTokens',
    'timing',
    'verdict',
  ]);
  expect(report.schema).toBe('ghosttree/feature@2');
  expect(report.model).toEqual({ id: 'tiny-gpt2', dtype: 'stored' });
  expect(report.sae).toEqual({
    release: 'tiny-res',
    hook: 'blocks.1.hook_resid_post',
    layer: 1,
    feature: 3,
    parity: { status: 'unknown', l0: expect.any(Number), explainedVariance: expect.any(Number) },
  });
  expect(report.parameters).toEqual({
    weights: 'encoder',
    at: 'input',
    scale: 2,
    centroid: true,
    pca: 0,
    m: 1.4,
    top: 5,
    cutoff: 0.01,
    trim: 1e-4,
    depth: 25,
    nodes: 5000,
    tokens: 5,
    list: 'near',
    prompt: 'A typical definition of "{ghost}" would be "',
    close: true,
    prune: 'off',
    clamp: 'off',
    steer: 'off',
    theme: 'dark',
  });
  expect(report.tree.root).toMatchObject({ tokenId: null, cumulative: 1, probability: 1, end: false });
  expect(report.tokens.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5]);
  expect(await readdir(cwd)).toEqual([]);
});

test('models lists the catalogue on newer Node.js, whose directory entries have no path', async () => {
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(fixture('withoutDirentPath.mjs'))}` };
  const { code, stdout } = await ghosttreeProcess(['models'], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/on this machine, [\d.]+ kB/);
});

test('models lists the catalogue with sizes', async () => {
  const { code, stdout } = await ghosttree(['models']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /tiny-gpt2 \(default\): a random GPT-2 of 3 layers\n.*layers 0, 1, features 0 to 47 each\n {2}on this machine, \d+\.\d kB/,
  );
});

test('models knows a model whose folder holds a GGUF file and nothing else', async () => {
  const config = await temporaryFolder();
  await cp(fixture('config'), config, { recursive: true });
  const folder = join(await temporaryFolder(), 'model');
  const catalogue = await readFile(join(config, 'models.yaml'), 'utf8');
  await writeFile(join(config, 'models.yaml'), catalogue.replace(/^( +folder: ).*$/m, `$1${folder}`));
  const told = async () => (await ghosttree(['models'], { config })).stdout;
  expect(await told()).toContain('not on this machine');
  await mkdir(folder);
  expect(await told()).toContain('not on this machine');
  await writeFile(join(folder, 'model.Q4_1.gguf'), 'GGUF');
  expect(await told()).toMatch(/on this machine, \d/);
});

test('help lists the commands, help feature its options with their defaults', async () => {
  for (const args of [[], ['help'], ['--help']]) {
    const { code, stdout } = await ghosttree(args);
    expect(code).toBe(0);
    expect(stdout).toContain('feature <layer> <feature> [key=value ...]');
    expect(stdout).toContain('serve           connect Slack and Discord');
  }
  for (const args of [
    ['help', 'feature'],
    ['feature', '--help'],
  ]) {
    const { stdout } = await ghosttree(args);
    expect(stdout).toMatch(/cutoff +1e-8\.\.0\.1 +smallest cumulative probability grown \(5e-5\)/);
  }
});

test.each(['models', 'doctor', 'nonsense'])('colours are for terminals only: %s', async (command) => {
  const { stdout, stderr } = await ghosttreeProcess([command], {
    env: { CI: 'true', FORCE_COLOR: '1' },
  });
  expect(stdout + stderr).not.toContain('\x1b');
});

describe('bad input is answered in one line that names the remedy, with exit code 2', () => {
  test.each([
    [['featur', '0', '7'], `There is no command "featur". Did you mean "feature"? Commands: ${EVERY_NAME}.`],
    [['feature'], /^No feature was named: expected a layer and a feature, as in: 10 777/],
    [['feature', '5', '7'], 'tiny-gpt2 has no SAE at layer 5; layers with one: 0, 1.'],
    [['feature', '0', '48'], 'Feature 48 does not exist: layer 0 of tiny-gpt2 has features 0 to 47.'],
    [
      ['feature', '0', '7', 'model=tiny-gpt'],
      'There is no model "tiny-gpt". Did you mean "tiny-gpt2"? Models: tiny-gpt2.',
    ],
    [['feature', '0', '7', 'scale=big'], 'scale=big: expected 0.01..64 or auto or best.'],
    [['feature', '0', '7', 'scal=3'], /^There is no option "scal"\. Did you mean "scale"\?/],
    [['feature', '0', '7', 'nodes=99999'], 'nodes=99999: expected a whole number 1..20000.'],
    [
      ['feature', '0', '7', '--jsn'],
      'There is no flag --jsn. Did you mean "--json"? Flags: --json, --details, --out, --help, --version.',
    ],
    [['feature', '0', '7', '--out'], '--out needs a file name, as in: --out tree.png'],
    [
      ['feature', '0', '7', '--out', '/no/such/folder/tree.png'],
      /^tree\.png cannot be written: its folder does not exist \(ENOENT\)/,
    ],
    [['models', '--out', 'x.png'], /^This command draws no picture: leave --out out/],
  ])('%j', async (args, message) => {
    expectRefusal(await ghosttree(args), message);
  });

  test.each([[['featur']], [['feature', '0', '48']]])('%j in a process of its own', async (args) => {
    expectRefusal(await ghosttreeProcess(args), /^There is no command|^Feature 48 does not exist/);
  });

  test.each<[string, (folder: string) => Promise<void>, RegExp]>([
    [
      'no model',
      (folder) => rm(folder, { recursive: true }),
      /model\.safetensors is missing: fetch the model again/,
    ],
    [
      'config that is no JSON',
      (f) => writeFile(join(f, 'config.json'), '{'),
      /config\.json is not valid JSON: fetch it again/,
    ],
    [
      'unknown architecture',
      (f) => writeFile(join(f, 'config.json'), '{"model_type":"bert","bos_token_id":0}'),
      /Models of type "bert" are not supported; known: gpt2/,
    ],
    [
      'no weights',
      (f) => rm(join(f, 'model.safetensors')),
      /model\.safetensors is missing: fetch the model again/,
    ],
    [
      'empty weights',
      (f) => writeFile(join(f, 'model.safetensors'), ''),
      /model\.safetensors is damaged \(shorter than its 8-byte prefix\): fetch it again/,
    ],
    [
      'weights cut off',
      (f) => truncate(join(f, 'model.safetensors'), 100_000),
      /model\.safetensors is damaged \(it ends before ".*" does\): fetch it again/,
    ],
    [
      'weights with an absurd header',
      (f) => writeFile(join(f, 'model.safetensors'), Buffer.alloc(64, 0xff)),
      /damaged \(header longer than the file\)/,
    ],
    [
      'weights of another shape',
      (f) => editConfig(f, { n_embd: 64 }),
      /has shape \[.*\]; expected \[.*\]: its config and weights do not belong together/,
    ],
    [
      'no tokenizer',
      (f) => rm(join(f, 'tokenizer.json')),
      /tokenizer\.json is missing or unreadable: fetch the model again/,
    ],
    [
      'a tokenizer that is none',
      (f) => writeFile(join(f, 'tokenizer.json'), '{"a":1}'),
      /tokenizer\.json: model: Invalid input/,
    ],
    ['no SAE', (f) => rm(join(f, 'saes'), { recursive: true }), /cfg\.json is missing or unreadable/],
    [
      'an SAE of another place',
      (f) =>
        writeFile(
          join(f, 'saes/blocks.0.hook_resid_post/cfg.json'),
          '{"d_in":32,"d_sae":48,"hook_name":"blocks.9.hook_resid_pre"}',
        ),
      /was trained on blocks\.9\.hook_resid_pre, not on blocks\.0\.hook_resid_post/,
    ],
  ])('%s', async (_, damage, message) => {
    expectRefusal(await ghosttree(['feature', '0', '7'], { config: await damagedModel(damage) }), message);
  });

  test('a folder that may not be written to', async () => {
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, 'closed'));
    await writeFile(join(cwd, 'closed/file'), '');
    await chmod(join(cwd, 'closed'), 0o555);
    // A file where a folder is expected stops the superuser, too.
    expectRefusal(
      await ghosttree(['feature', '0', '7', 'cutoff=0.1', '--out', 'closed/file/tree.png'], { cwd }),
      /tree\.png cannot be written/,
    );
  });

  test('a configuration with a mistake', async () => {
    const config = await damagedModel(async () => {});
    await writeFile(join(config, 'ghosttree.yaml'), 'model: [');
    expectRefusal(await ghosttree(['models'], { config }), /ghosttree\.yaml is not valid YAML/);
    expectRefusal(
      await ghosttree(['models'], { config: '/nowhere' }),
      /cannot be read: set GHOSTTREE_CONFIG to a folder that holds it/,
    );
  });
});

async function editConfig(folder: string, changes: object): Promise<void> {
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }));
}

function expectRefusal(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
  message: string | RegExp,
): void {
  const lines = stderr.split('\n').filter((line) => line && line !== 'loading the model');
  expect(lines).toHaveLength(1);
  const text = lines[0]!.replace(/^ghosttree: /, '');
  if (typeof message === 'string') expect(text).toBe(message);
  else expect(text).toMatch(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
}
