import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadModel } from '../../../src/core/runtime/opened/index.js';
import { MemoryShelf } from '../../../src/core/runtime/opened/memoryShelf.js';
import { ModelShelf } from '../../../src/core/runtime/opened/shelf.js';
import { Session } from '../../../src/core/runtime/session/index.js';
import type { ModelSource } from '../../../src/core/weights/files/source.js';
import { architectureOf } from '../../../src/core/weights/graph/families/index.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { tinyModel } from '../../support/tinyModel.js';

const SETTINGS = { threads: 1 };
const BUDGET = 1e6;
/** W_enc [32, 48] and two numbers for each feature, in float32. */
const ENCODER_BYTES = 4 * 48 * (32 + 2);

/** The tiny model with so many SAEs, each in a folder of its own; layers stand for SAEs here. */
async function withSaes(count: number): Promise<ModelSource> {
  const source = tinyModel();
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const { hook, folder: original } = source.saes[0]!;
  const saes: ModelSource['saes'] = {};
  for (let number = 0; number < count; number++) {
    saes[number] = { hook, folder: join(folder, String(number)) };
    await cp(original, saes[number]!.folder, { recursive: true });
  }
  return { ...source, saes };
}

test('memory stays flat after 50 opened SAEs', async () => {
  const source = await withSaes(50);
  const before = Session.count;
  const modelBytes = BUDGET - 5 * ENCODER_BYTES;
  const shelf = new ModelShelf(
    (wanted, memory) => loadModel(wanted, SETTINGS, undefined, memory),
    async () => modelBytes,
  );
  const model = await shelf.get(source, BUDGET);
  // And one that stops at their hook point, by which each of them is checked.
  const withoutSaes = Session.count + 1;
  const use = async (number: number) => {
    const sae = await model.features(number);
    const activations = await sae.encode(new Float32Array(2 * sae.inputSize).fill(0.5), 2);
    expect(activations).toHaveLength(2 * sae.features);
  };
  const residents: number[] = [];
  for (let number = 0; number < 50; number++) {
    await use(number);
    residents.push(process.memoryUsage.rss());
    expect(shelf.bytes).toBe(modelBytes + Math.min(number + 1, 5) * ENCODER_BYTES);
    expect(Session.count).toBe(withoutSaes + Math.min(number + 1, 5));
  }
  // What was used last is still open; what was used longest ago is opened again.
  await use(49);
  await use(0);
  expect(Session.count).toBe(withoutSaes + 5);
  // The heap may breathe; 45 sessions that stay open take more.
  expect(residents.at(-1)! - residents[9]!).toBeLessThan(100e6);
  await shelf.close();
  expect(shelf.bytes).toBe(0);
  expect(Session.count).toBe(before);
});

test('an encoder in use stays while others come, and leaves when room is needed later', async () => {
  const shelf = new MemoryShelf();
  shelf.budget = 100;
  const events: string[] = [];
  const need = (name: string, bytes: number) => ({
    bytes,
    async open() {
      events.push(`open ${name}`);
      return { close: async () => void events.push(`close ${name}`) };
    },
  });
  const [a, b, c] = [need('a', 60), need('b', 60), need('c', 30)];
  await shelf.use(a, () => shelf.use(b, async () => {}));
  expect(events).toEqual(['open a', 'open b']);
  await shelf.use(c, async () => {});
  expect(events).toEqual(['open a', 'open b', 'close a', 'open c']);
  expect(shelf.bytes).toBe(90);
  // Two who want the same at once have it opened once.
  await Promise.all([shelf.use(a, async () => {}), shelf.use(a, async () => {})]);
  expect(events.slice(4)).toEqual(['close b', 'open a']);
  await shelf.close();
  expect(events.slice(6)).toEqual(['close c', 'close a']);
});

test('what could not be opened takes no room and is opened when it is asked for again', async () => {
  const shelf = new MemoryShelf();
  let tries = 0;
  const need = {
    bytes: 10,
    async open() {
      if (++tries === 1) throw new Error('not now');
      return { close: async () => {} };
    },
  };
  await expect(shelf.take(need)).rejects.toThrow('not now');
  expect(shelf.bytes).toBe(0);
  const { release } = await shelf.take(need);
  expect(shelf.bytes).toBe(10);
  release();
});

test('an encoder that could not be opened once is opened when its file is whole again', async () => {
  const source = await withSaes(1);
  const model = await loadModel(source, SETTINGS);
  onTestFinished(() => model.close());
  const sae = await model.features(0);
  const file = join(source.saes[0]!.folder, 'sae_weights.safetensors');
  await rename(file, `${file}.away`);
  const residual = new Float32Array(sae.inputSize).fill(0.5);
  await expect(sae.encode(residual, 1)).rejects.toThrow();
  await rename(`${file}.away`, file);
  expect(await sae.encode(residual, 1)).toHaveLength(sae.features);
});

test('what ships about features is read again after it could not be read', async () => {
  const source = await withSaes(1);
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(source.folder, folder, { recursive: true });
  const model = await loadModel({ ...source, folder }, SETTINGS);
  onTestFinished(() => model.close());
  const sae = await model.features(0);
  const file = join(folder, 'features.jsonl.gz');
  await writeFile(file, 'no archive');
  await expect(sae.knownMaximum!(7)).rejects.toThrow();
  await rm(file);
  expect(await sae.knownMaximum!(7)).toBeUndefined();
});

test.each([1, 2])('a model whose session number %d cannot be opened leaves none open', async (number) => {
  const source = tinyModel();
  const before = Session.count;
  const whole = await loadModel(source, SETTINGS);
  expect(Session.count).toBe(before + 2);
  await whole.close();
  expect(Session.count).toBe(before);
  let asked = 0;
  const scarce = {
    get threads() {
      if (++asked === number) throw new Error('no thread is left');
      return 1;
    },
  };
  await expect(loadModel(source, scarce)).rejects.toThrow('no thread is left');
  expect(Session.count).toBe(before);
});

test.each(['__proto__', 'constructor', 'toString', 'bert'])('"%s" is no family of models', (type) => {
  expect(() => architectureOf(type)).toThrow(
    new RegExp(`^Models of type "${type}" are not supported; known: gpt2, gemma, gemma2, .*qwen3\\.$`),
  );
});
