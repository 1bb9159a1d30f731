import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerFeature } from '../../../src/core/features/feature/index.js';
import { CancelledError } from '../../../src/core/report/errors.js';
import { loadModel } from '../../../src/core/runtime/opened/index.js';
import type { ModelSource, WeightType } from '../../../src/core/weights/files/source.js';
import { prepareModel } from '../../../src/core/weights/prepare.js';
import { tinyJob } from '../../support/processes.js';
import { type TinyModel, tinyModel } from '../../support/tinyModel.js';

const NAMES: TinyModel[] = ['tiny-gpt2', 'tiny-gpt2-sharded', 'tiny-gemma', 'tiny-gemma-2'];

async function answer(source: ModelSource) {
  const { request, limits } = tinyJob({ cutoff: 1e-3 }, source);
  const model = await loadModel(source, { threads: 1 });
  try {
    return await answerFeature(model, await model.features(0), request, limits, 0, () => {});
  } finally {
    await model.close();
  }
}

const quantised = (name: TinyModel, dtype: WeightType) => ({ ...tinyModel(name), dtype });
const files = (folder: string) => readdir(folder).catch(() => [] as string[]);

test.each(NAMES)('%s: a quantised copy answers nearly as the checkpoint does', async (name) => {
  const exact = await answer(tinyModel(name));
  for (const dtype of ['q8', 'q4'] as const) {
    const source = quantised(name, dtype);
    await prepareModel(source);
    const report = await answer(source);
    expect(report.model.dtype).toBe(dtype);
    // The list is exact whatever the weights are held in.
    expect(report.tokens).toEqual(exact.tokens);
    expect(report.tree.candidates).not.toEqual(exact.tree.candidates);
    if (dtype === 'q4') continue; // 4 bits move these random models of 24 and 32 dimensions too far to compare
    const [first] = exact.tree.candidates;
    const same = report.tree.candidates.find(({ tokenId }) => tokenId === first!.tokenId);
    expect(Math.abs(Math.log(same!.probability / first!.probability))).toBeLessThan(0.1);
  }
});

test('what was prepared is used, not made again; the checkpoint that it was made from need not be', async () => {
  const source = quantised('tiny-gemma', 'q8');
  await prepareModel(source);
  const before = await files(source.prepared);
  const steps: string[] = [];
  await prepareModel(source, { onProgress: ({ step }) => steps.push(step) });
  expect(await files(source.prepared)).toEqual(before);
  expect(steps.filter((step) => step.startsWith('quantising'))).toEqual([]);
});

test('a copy of other files is made anew, and the stale one removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ghosttree-'));
  await cp(tinyModel('tiny-gpt2').folder, folder, { recursive: true });
  const source = { ...quantised('tiny-gpt2', 'q8'), folder };
  await prepareModel(source);
  const [old] = (await files(source.prepared)).filter((file) => file.startsWith('weights'));
  await utimes(join(folder, 'model.safetensors'), 1, 1);
  await prepareModel(source);
  const weights = (await files(source.prepared)).filter((file) => file.startsWith('weights'));
  expect(weights).toHaveLength(1);
  expect(weights).not.toContain(old);
});

test('a copy that is missing is made when the model is loaded, with progress', async () => {
  const source = quantised('tiny-gemma-2', 'q4');
  const shares: number[] = [];
  const model = await loadModel(source, { threads: 1 }, (done, total) => void shares.push(done / total));
  await model.close();
  expect(shares.length).toBeGreaterThan(10);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test('cancelled half-way, nothing is left behind', async () => {
  const source = quantised('tiny-gemma', 'q8');
  const cancel = new AbortController();
  const prepared = prepareModel(source, {
    signal: cancel.signal,
    onProgress: ({ share }) => share > 0.3 && cancel.abort(),
  });
  await expect(prepared).rejects.toThrow(CancelledError);
  expect((await files(source.prepared)).filter((file) => /weights|part/.test(file))).toEqual([]);
});

test('a disk that takes no more is said so, and nothing half-written stays', async () => {
  const source = quantised('tiny-gemma', 'q8');
  const program = `
    import { prepareModel } from './dist/src/core/weights/prepare.js';
    process.on('SIGXFSZ', () => {});
    try { await prepareModel(${JSON.stringify(source)}); } catch (error) { console.log(error.name + ': ' + error.message); }
  `;
  // No file may grow beyond 16 blocks of 1 024 bytes: the kernel then refuses as it does on a full disk.
  const child = spawn('bash', [
    '-c',
    `ulimit -f 16; exec "$0" --input-type=module -e "$1"`,
    process.execPath,
    program,
  ]);
  const output = (await child.stdout.toArray()).join('');
  if (child.exitCode === null) await once(child, 'exit');
  expect(output).toMatch(
    /^InputError: weights\.q8\..* cannot be written: its folder takes no file that large \(EFBIG\)\. Make room, or set GHOSTTREE_MODELS/,
  );
  expect((await files(source.prepared)).filter((file) => /weights|part/.test(file))).toEqual([]);
});

test('a damaged copy is made again', async () => {
  const source = quantised('tiny-gpt2', 'q8');
  const first = await answer(source);
  const file = (await files(source.prepared)).find((name) => name.startsWith('weights'))!;
  const path = join(source.prepared, file);
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, whole.length - 1));
  expect((await answer(source)).tree).toEqual(first.tree);
  expect(await readFile(path)).toEqual(whole);
});
