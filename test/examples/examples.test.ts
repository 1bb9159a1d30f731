import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Conversations } from '../../src/adapters/chat/conversations.js';
import { coreSettings, jobLimits, readConfiguration } from '../../src/configuration/index.js';
import { createCore } from '../../src/core/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { openStore } from '../../src/store/index.js';
import { notedLog } from '../support/notedLog.js';
import { fixture } from '../support/tinyModel.js';
import { IQ4_NL } from './iq4_nl.js';
import { RoomAdapter } from './roomAdapter.js';

/** The worked examples of CONTRIBUTING.md do what they say. */

const configuration = readConfiguration(fixture('config'));
const core = createCore(coreSettings(configuration.settings));
afterAll(() => core.close());

test('a weights format: every value of a block is unpacked to scale * level', () => {
  const block = new DataView(new ArrayBuffer(4 + IQ4_NL.bytes));
  const at = 4;
  block.setUint16(at, 0x3800, true); // 0.5
  // Weights i and 16 + i both have the value i.
  for (let i = 0; i < 16; i++) block.setUint8(at + 2 + i, i | (i << 4));
  const unpacked = new Float32Array(1 + IQ4_NL.weights);
  IQ4_NL.unpack(block, at, unpacked, 1);
  const [before, ...weights] = unpacked;
  expect(before).toBe(0);
  expect(weights.slice(16)).toEqual(weights.slice(0, 16));
  expect([weights[0], weights[7], weights[8], weights[15]]).toEqual([-63.5, -5, 0.5, 56.5]);
});

test('a chat platform: a command in a room is announced, answered and refused as everywhere', async () => {
  const lines: { text: string; to: string | undefined }[] = [];
  const uploads = new Map<string, Buffer>();
  const room = {
    name: 'lab',
    post: (text: string, to?: string) => lines.push({ text, to }) - 1,
    change(line: number, text: string) {
      lines[line]!.text = text;
    },
    upload: (name: string, content: Buffer) => void uploads.set(name, content),
  };
  const store = await openStore(':memory:');
  const faults: string[] = [];
  const jobs = new LocalJobs(core, jobLimits(configuration.settings));
  const conversations = new Conversations({ configuration, jobs }, store, notedLog([], faults));
  const adapter = new RoomAdapter(conversations, room);

  await adapter.hear('ada', 'has anybody seen feature 0 7?', 'm1');
  expect(lines).toEqual([]);

  const command = '!feature 0 7 cutoff=0.01 tokens=20';
  await Promise.all([adapter.hear('ada', command, 'm2'), adapter.hear('ada', command, 'm2')]);
  expect(lines[0]!.text).toMatch(/^tiny-gpt2 · layer 0 · feature 7 · encoder/);
  expect(lines.filter(({ text }) => text.includes('Complete · '))).toHaveLength(1);
  const [[name, png]] = [...uploads] as [[string, Buffer]];
  expect(name).toMatch(/\.png$/);
  expect(png.subarray(1, 4).toString()).toBe('PNG');

  const before = lines.length;
  await adapter.hear('bob', '!feature 9 9', 'm3');
  expect(lines.slice(before)).toEqual([
    { text: expect.stringMatching(/tiny-gpt2 has no SAE at layer 9/), to: 'bob' },
  ]);
  expect(faults).toEqual([]);
  await store.close();
});

test('what CONTRIBUTING.md names is there', () => {
  const text = readFileSync('CONTRIBUTING.md', 'utf8');
  const named = [...text.matchAll(/`((?:src|commands|renderers|test|docs|script|config)\/[\w./-]+)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !path.includes('neighbours') && !existsSync(path))).toEqual([]);
  for (const script of text.matchAll(/script\/(\w[\w-]*)/g)) expect(existsSync(script[0])).toBe(true);
});
