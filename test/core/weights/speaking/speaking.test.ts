import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesOf, writeSafetensors } from '../../../../src/core/weights/files/safetensorsWriter.js';
import { keepCalibration, readCalibration } from '../../../../src/core/weights/speaking/calibration.js';
import { readLearnedGhost } from '../../../../src/core/weights/speaking/learnedGhost.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';

const folder = temporaryFolder;
const HOOK = 'blocks.1.hook_resid_post';
const SHAPE = { layers: 4, hiddenSize: 3 };

async function learned(values: { block?: number; scale?: number; bias?: number[] }): Promise<string> {
  const source = await folder();
  const { block = 2, scale = 70, bias = [1, 2, 3] } = values;
  const tensors = Object.entries({ block: [block], scale: [scale], bias }).map(([name, numbers]) => {
    const data = Float32Array.from(numbers);
    return { name, dtype: 'F32' as const, shape: [data.length], pieces: () => [bytesOf(data)] };
  });
  mkdirSync(join(source, 'learned'));
  await writeSafetensors(join(source, 'learned', `${HOOK}.safetensors`), tensors, {});
  return source;
}

test('a learned ghost is read, and there need be none', async () => {
  const read = await readLearnedGhost({ folder: await learned({}), id: 'a' }, HOOK, SHAPE);
  expect(read).toEqual({ block: 2, scale: 70, bias: Float32Array.of(1, 2, 3) });
  expect(await readLearnedGhost({ folder: await folder(), id: 'a' }, HOOK, SHAPE)).toBeUndefined();
});

test.each([
  { block: 3 },
  { block: -1 },
  { block: 0.5 },
  { scale: Number.NaN },
  { bias: [1, 2] },
  { bias: [1, 2, Number.POSITIVE_INFINITY] },
])('one with %j does not fit its model, and says so', async (values) => {
  const source = { folder: await learned(values), id: 'a' };
  await expect(readLearnedGhost(source, HOOK, SHAPE)).rejects.toThrow(
    /learned\/blocks\.1\.hook_resid_post\.safetensors does not fit a: remove it, or make it again/,
  );
});

const MEASURED = {
  settings: [
    { at: 'learned', scale: 1 },
    { at: 4, scale: 1.6 },
  ],
  readsBack: 0.4,
  partly: 0.1,
} as const;

test('a calibration is kept readable, and read again', async () => {
  const source = { folder: await folder(), id: 'a' };
  expect(await readCalibration(source, HOOK)).toBeUndefined();
  await keepCalibration(source, HOOK, { ...MEASURED, seed: 7 });
  expect(await readCalibration(source, HOOK)).toMatchObject(MEASURED);
});

test.each([
  ['{'],
  ['{"format": "another"}'],
  [JSON.stringify({ format: 'ghosttree calibration 1', ...MEASURED, settings: [] })],
  [
    JSON.stringify({
      format: 'ghosttree calibration 1',
      ...MEASURED,
      settings: [{ at: 'sideways', scale: 1 }],
    }),
  ],
  [JSON.stringify({ format: 'ghosttree calibration 1', ...MEASURED, settings: [{ at: 2, scale: 1000 }] })],
])('a damaged one names the remedy: %s', async (text) => {
  const source = { folder: await folder(), id: 'a' };
  mkdirSync(join(source.folder, 'calibration'));
  writeFileSync(join(source.folder, 'calibration', `${HOOK}.json`), text);
  await expect(readCalibration(source, HOOK)).rejects.toThrow(
    /remove it, or type ghosttree calibrate a again/,
  );
});
