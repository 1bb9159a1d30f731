import { cp, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CancelledError } from '../../../src/core/report/errors.js';
import { readMetadata } from '../../../src/core/weights/files/checksum.js';
import { readElements, readSafetensorsHeader } from '../../../src/core/weights/files/safetensors.js';
import { bytesOf, writeSafetensors } from '../../../src/core/weights/files/safetensorsWriter.js';
import { prepareOnFirstUse, prepareSae } from '../../../src/core/weights/sae/featureMajor.js';
import { Sae } from '../../../src/core/weights/sae/index.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

const HOOK = 'blocks.1.hook_resid_post';
const FEATURES = 48;
const WIDTH = 24;

async function setting(name: string) {
  const folder = await temporaryFolder();
  await cp(fixture('tiny-saes', name), folder, { recursive: true });
  return { source: { hook: HOOK, folder }, prepared: join(folder, 'prepared', 'model') };
}

test.each(['standard-nested', 'bfloat16', 'gemma-scope', 'gemma-scope-half'])(
  '%s: the copy holds every encoder vector as a row of float32, whatever the blocks',
  async (name) => {
    for (const features of [1, 7, 48, 1000]) {
      const { source, prepared } = await setting(name);
      const plain = await Sae.open(source, prepared);
      const progress: number[] = [];
      await prepareSae(source, prepared, {
        blockBytes: features * WIDTH * 4,
        onProgress: ({ share }) => progress.push(share),
      });
      expect(progress).toHaveLength(Math.ceil(FEATURES / features));
      expect(progress.at(-1)).toBe(1);
      const copy = (await readSafetensorsHeader(await copyIn(prepared))).get('W_enc_T')!;
      expect(copy).toMatchObject({ dtype: 'F32', shape: [FEATURES, WIDTH] });
      const rows = await readElements(copy);
      const copied = await Sae.open(source, prepared);
      for (const feature of [0, 1, 31, 47]) {
        const vector = await plain.vector(feature, 'encoder');
        expect(rows.subarray(feature * WIDTH, (feature + 1) * WIDTH)).toEqual(vector);
        expect(await copied.vector(feature, 'encoder')).toEqual(vector);
      }
    }
  },
);

test('a copy is used while the weights are the same, and left when they change', async () => {
  const { source, prepared } = await setting('standard-nested');
  await prepareSae(source, prepared);
  await forge(await copyIn(prepared), 777);
  expect((await (await Sae.open(source, prepared)).vector(0, 'encoder'))[0]).toBe(777);
  await prepareSae(source, prepared); // there already: kept
  expect((await (await Sae.open(source, prepared)).vector(0, 'encoder'))[0]).toBe(777);

  await utimes(join(source.folder, 'sae_weights.safetensors'), 1e9, 1e9);
  expect((await (await Sae.open(source, prepared)).vector(0, 'encoder'))[0]).not.toBe(777);
  await prepareSae(source, prepared);
  expect((await (await Sae.open(source, prepared)).vector(0, 'encoder'))[0]).not.toBe(777);
});

test('a damaged copy is left aside and written again', async () => {
  const { source, prepared } = await setting('standard-nested');
  const vector = await (await Sae.open(source)).vector(3, 'encoder');
  await prepareSae(source, prepared);
  await writeFile(await copyIn(prepared), 'not at all');
  expect(await (await Sae.open(source, prepared)).vector(3, 'encoder')).toEqual(vector);
  await prepareSae(source, prepared);
  expect(await (await Sae.open(source, prepared)).vector(3, 'encoder')).toEqual(vector);
});

test('a cancelled preparation leaves nothing behind', async () => {
  const { source, prepared } = await setting('standard-nested');
  await expect(prepareSae(source, prepared, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  expect(await readdir(prepared)).toEqual([]);
});

test('a folder that cannot be written is an error when preparing and none on first use', async () => {
  const { source } = await setting('standard-nested');
  const file = join(source.folder, 'file');
  await writeFile(file, '');
  const prepared = join(file, 'prepared');
  await expect(prepareSae(source, prepared)).rejects.toThrow('ENOTDIR');
  await prepareOnFirstUse(source, prepared);
  expect(await (await Sae.open(source, prepared)).vector(3, 'encoder')).toHaveLength(WIDTH);
});

test('small encoders are read as they are', async () => {
  const { source, prepared } = await setting('standard-nested');
  await prepareOnFirstUse(source, prepared);
  await expect(readdir(prepared)).rejects.toThrow('ENOENT');
});

/** The one file that was prepared. */
async function copyIn(prepared: string): Promise<string> {
  const files = await readdir(prepared);
  expect(files).toEqual([
    expect.stringMatching(/^blocks\.1\.hook_resid_post\.encoder\.[0-9a-f]{12}\.safetensors$/),
  ]);
  return join(prepared, files[0]!);
}

/** Changes the first value of a copy and its checksum with it, as nothing but a forger does. */
async function forge(file: string, value: number): Promise<void> {
  const { fingerprint } = await readMetadata(file);
  const copy = (await readSafetensorsHeader(file)).get('W_enc_T')!;
  const rows = await readElements(copy);
  rows[0] = value;
  const tensor = { name: 'W_enc_T', dtype: 'F32' as const, shape: copy.shape, pieces: () => [bytesOf(rows)] };
  await writeSafetensors(file, [tensor], { fingerprint: fingerprint! });
}
