import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { FeatureReport } from '../../src/core/report/feature.js';
import { SlackServer } from '../platforms/slack/slackServer.js';
import { glossConfiguration } from '../support/glossModel.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';
import { until } from '../support/until.js';
import { HubServer } from './hubServer.js';
import { type Repository, repository } from './repository.js';

/**
 * The models of the shipped catalogue, as tiny random checkpoints in the very files that their repositories hold,
 * from the Hub to a picture and a message in a chat.
 */
const TOKEN = 'hf_reader';
const PATIENCE = 60_000;
const FEATURES = 48;
interface Entry {
  hub: { repository: string; revision: string };
  dtype: string;
  sae: {
    features: number;
    hub: { repository: string; revision: string };
    pull?: number[];
    layers: Record<string, { path?: string; caution?: string; parity?: object }>;
  };
}
/** Checkpoints, and SAEs of layer 0 with their folder in the repository. */
const TINY = {
  'gpt2-small': { checkpoint: 'tiny-gpt2', gated: false, dtype: 'float32', path: 'blocks.0.hook_resid_pre' },
  'gemma-2b': {
    checkpoint: 'tiny-gemma',
    gated: true,
    dtype: 'q8',
    path: 'gemma_2b_blocks.0.hook_resid_post_48_anthropic',
  },
  'gemma-2-2b': {
    checkpoint: 'tiny-gemma-2',
    gated: true,
    dtype: 'q8',
    path: 'layer_0/width_48/average_l0_12',
  },
} as const;
type Id = keyof typeof TINY;
const IDS = Object.keys(TINY) as Id[];

const hub = new HubServer();
const slack = new SlackServer();
const catalogue = parse(readFileSync(join(glossConfiguration(), 'models.yaml'), 'utf8')) as Record<
  string,
  Entry
>;
let folder: string;
let environment: Record<string, string>;
let program: ChildProcess | undefined;

beforeAll(async () => {
  folder = await temporaryFolder();
  hub.tokens.push(TOKEN);
  for (const id of IDS) await publish(id);
  await Promise.all([hub.start(), slack.start()]);
  await cp(fixture('config'), join(folder, 'config'), { recursive: true });
  const settings = await readFile(join(folder, 'config/ghosttree.yaml'), 'utf8');
  await writeFile(
    join(folder, 'config/ghosttree.yaml'),
    settings.replace('model: tiny-gpt2', 'model: gloss-12l'),
  );
  await writeFile(join(folder, 'config/models.yaml'), stringify(catalogue));
  environment = {
    GHOSTTREE_MODELS: join(folder, 'models'),
    HF_ENDPOINT: hub.endpoint,
    HF_HOME: join(folder, 'huggingface'),
    HF_HUB_CACHE: '',
  };
});
afterAll(async () => {
  program?.kill('SIGKILL');
  await Promise.all([hub.stop(), slack.stop()]);
});

/** Puts a tiny checkpoint where the catalogue expects the real one, and tells the catalogue how small it is. */
async function publish(id: Id): Promise<void> {
  const { checkpoint, gated, path } = TINY[id];
  const entry = catalogue[id]!;
  entry.sae.features = FEATURES;
  delete entry.sae.pull;
  entry.sae.layers = { 0: { ...entry.sae.layers['0'], ...(id === 'gpt2-small' ? {} : { path }) } };
  const sae = id === 'gpt2-small' ? await publishedGpt2Sae() : fixture(checkpoint, 'saes', path);
  const places: [Entry['hub'], Record<string, string>][] = [
    [entry.hub, { [fixture(checkpoint)]: '' }],
    [entry.sae.hub, { [sae]: path }],
  ];
  for (const [index, [{ repository: name, revision }, folders]] of places.entries()) {
    const published: Repository = { ...repository(name, folders), commit: revision };
    hub.repositories.push(index === 0 ? { ...published, gated, readers: gated ? [TOKEN] : [] } : published);
  }
}

/** As GPT-2's SAEs are published: the stream before a block, and nothing about its mean in cfg.json. */
async function publishedGpt2Sae(): Promise<string> {
  const place = join(folder, 'sae');
  await mkdir(place);
  const from = fixture('tiny-gpt2/saes/blocks.0.hook_resid_post');
  await cp(join(from, 'sae_weights.safetensors'), join(place, 'sae_weights.safetensors'));
  const { d_in, d_sae } = JSON.parse(await readFile(join(from, 'cfg.json'), 'utf8'));
  const config = {
    model_name: 'gpt2-small',
    hook_point: 'blocks.0.hook_resid_pre',
    hook_point_layer: 0,
    d_in,
    d_sae,
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    dtype: 'torch.float32',
  };
  await writeFile(join(place, 'cfg.json'), JSON.stringify(config));
  return place;
}

function run(args: string[], more: Record<string, string> = {}) {
  return ghosttree(args, {
    config: join(folder, 'config'),
    cwd: folder,
    env: { ...environment, ...more },
  });
}

describe.each(IDS)('%s', (id) => {
  const { gated, dtype, checkpoint } = TINY[id];

  test.runIf(gated)(
    'without a token it is not given away, and the page of its licence is named',
    async () => {
      const { code, stderr } = await run(['pull', id], { HF_TOKEN: '' });
      expect(code).toBe(2);
      expect(stderr).toContain(`/${catalogue[id]!.hub.repository}`);
      expect(stderr).toContain('HF_TOKEN');
    },
  );

  test('is pulled, prepared and answers with a tree, a list and a picture', async () => {
    const pulled = await run(['pull', id], { HF_TOKEN: TOKEN });
    expect(pulled).toMatchObject({ code: 0 });
    expect(pulled.stdout + pulled.stderr).not.toContain(TOKEN);
    const prepared = await readdir(join(folder, 'models', id, 'prepared'));
    expect(prepared.some((name) => name.startsWith(`weights.${dtype}.`))).toBe(dtype !== 'float32');
    expect(prepared.some((name) => /^blocks\.0\.hook_resid_\w+\.encoder\./.test(name))).toBe(true);

    const picture = join(folder, `${id}.png`);
    const question = [
      'feature',
      '0',
      '7',
      `model=${id}`,
      'at=input',
      'cutoff=0.001',
      '--json',
      '--out',
      picture,
    ];
    const { code, stdout } = await run(question);
    expect(code).toBe(0);
    expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
    const report = JSON.parse(stdout) as FeatureReport;
    expect(report.model).toEqual({ id, dtype });
    expect(report.tree.nodes).toBeGreaterThan(5);
    expect(report.tokens).toHaveLength(100);
    expect(report.sae.parity.l0).toBeGreaterThan(0);

    // The numbers of PyTorch: raw embeddings, and centred ones for GPT-2's SAEs.
    const { embedding } = JSON.parse(await readFile(fixture(`${checkpoint}.json`), 'utf8'));
    const { meanTokenDistance } = embedding[id === 'gpt2-small' ? 'centered' : 'raw'];
    expect(report.ghost.unit / meanTokenDistance).toBeCloseTo(1, 5);
  });
});

test('a model in a folder of the project answers from the same catalogue', async () => {
  const { stdout } = await run(['feature', '10', '777', 'cutoff=0.01', '--json']);
  const report = JSON.parse(stdout) as FeatureReport;
  expect(report.model).toEqual({ id: 'gloss-12l', dtype: 'float32' });
  expect(report.sae.parity.status).toBe('verified');
});

test('one process answers in a chat about all four', async () => {
  const ada = slack.addUser('ada');
  const general = slack.addChannel('general', [ada]);
  const { botToken, appToken } = slack.workspace.options;
  let said = '';
  program = spawn(process.execPath, [resolve('dist/src/main.js'), 'serve'], {
    cwd: folder,
    env: {
      ...process.env,
      ...environment,
      GHOSTTREE_CONFIG: join(folder, 'config'),
      GHOSTTREE_STORE: join(folder, 'ghosttree.sqlite'),
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: slack.url,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  program.stderr!.on('data', (text) => {
    said += text;
  });
  await until('the program is connected to Slack', () => said.includes('connected to Slack'), PATIENCE);
  for (const [index, model] of ['gloss-12l', ...IDS].entries()) {
    const text = `0 7 model=${model} cutoff=0.01 tokens=20`;
    slack.typeCommand({ user: ada.id, channel: general.id, command: '/feature', text });
    // Two for each: the card and the word tree.
    await until(`the pictures of ${model}`, () => slack.files[2 * index + 1]?.bytes, PATIENCE);
    const name = `${model}-L0-F7-encoder-cutoff0.01-tokens20`;
    expect(slack.files.slice(2 * index).map((file) => file.name)).toEqual([
      `${name}.png`,
      `${name}-tree.png`,
    ]);
  }
});
