import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerFeature } from '../../../../src/core/features/feature/index.js';
import { MEASURES } from '../../../../src/core/features/kind/moments.js';
import { uniformNumbers } from '../../../../src/core/maths/random.js';
import type { MeanTree } from '../../../../src/core/model/model.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { BASELINE, baselineOf } from '../../../../src/core/weights/derived/baseline.js';
import { type Derivation, DerivedFile } from '../../../../src/core/weights/derived/derivedFile.js';
import { embeddingStatistics, keptComponent } from '../../../../src/core/weights/derived/embeddings.js';
import { firingsFormat, firingsOf } from '../../../../src/core/weights/derived/firings.js';
import type { Format } from '../../../../src/core/weights/derived/format.js';
import { PARITY, parityOf } from '../../../../src/core/weights/derived/parity.js';
import { quantiseCheckpoint } from '../../../../src/core/weights/derived/quantisedCheckpoint.js';
import { readOrFindOut } from '../../../../src/core/weights/derived/result.js';
import { STATISTICS, statisticsOf } from '../../../../src/core/weights/derived/statistics.js';
import { textsFormat, textsOf } from '../../../../src/core/weights/derived/texts.js';
import { Checkpoint, readJson } from '../../../../src/core/weights/files/checkpoint.js';
import { readBytes } from '../../../../src/core/weights/files/safetensors.js';
import { gpt2 } from '../../../../src/core/weights/graph/families/gpt2.js';
import { prepareSae } from '../../../../src/core/weights/sae/featureMajor.js';
import { Sae } from '../../../../src/core/weights/sae/index.js';
import { tinyJob } from '../../../support/processes.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';
import { tinyModel } from '../../../support/tinyModel.js';

const BLOCK = 4096;
const FLIPS = 50;
const FEATURES = 48;

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const uniform = uniformNumbers(20_264);
const source = tinyModel();
const place = source.saes[0]!;
const { hook } = place;
const model = await Checkpoint.open(source.folder);
const sae = await Sae.open(place);
const measured = { hook, dtype: 'float32', files: [...model.files, ...sae.files] };
/** Large enough to be worth a file, or so it says. */
const table = { ...model.all.find(({ shape: [, width, more] }) => width && !more)!, length: 64e6 };

/** What is answered from a folder of derived files; `onWork` is called when something had to be made. */
type Ask = (prepared: string, onWork: () => void) => Promise<unknown>;

/** A result that is at hand as soon as it is asked for. */
function result<Value>(derivation: Derivation, format: Format<Value>, value: Value): Ask {
  return async (prepared, onWork) => {
    const file = await DerivedFile.in(prepared, derivation);
    const kept = await readOrFindOut({ files: [file], keepIn: file, format }, async () => {
      onWork();
      return value;
    });
    return kept.value;
  };
}

const vector = (length = FEATURES) => Float32Array.from({ length }, uniform);
const integers = () => Int32Array.from({ length: FEATURES }, () => 100 * uniform());
const node = (probability: number, children: [number, MeanTree][] = []): MeanTree => {
  return { probability, children: new Map(children) };
};
const root = node(1, [
  [3, node(0.5, [[7, node(0.25)]])],
  [9, node(0.125)],
]);
const texts = [[1, 5, 7], [1], [1, 2, 3, 4]];
const firings = { texts, text: integers(), position: integers(), activation: vector() };
const question = {
  prompt: 'a {ghost} b',
  close: true,
  centered: false,
  at: 'input',
  radius: 1,
  hook: '',
} as const;
const statistics = {
  moments: Object.fromEntries(MEASURES.map((name) => [name, vector()])) as Record<
    (typeof MEASURES)[number],
    Float32Array
  >,
  tokens: { token: vector(), share: vector(), active: vector(), texts: 3 },
};

const KINDS: Record<string, Ask> = {
  'weights.q8': async (prepared, onWork) => {
    const config = await readJson(join(source.folder, 'config.json'), z.unknown());
    const copy = await quantiseCheckpoint(model, gpt2, config, 'q8', prepared, onWork);
    return Promise.all(
      copy.all.map(async (tensor) => [tensor.dtype, tensor.shape, sha256(await readBytes(tensor))]),
    );
  },
  [`${hook}.encoder`]: async (prepared, onWork) => {
    await prepareSae(place, prepared, { onProgress: onWork });
    return (await Sae.open(place, prepared)).vectors(0, FEATURES, 'encoder');
  },
  embeddings: async (prepared, onWork) => {
    const { meanDistance, ...vectors } = await embeddingStatistics(table, false, prepared, onWork);
    return { ...vectors, meanDistance: Math.fround(meanDistance) };
  },
  'component.centered': (prepared, onWork) =>
    keptComponent(table, true, prepared, async () => {
      onWork();
      return Float32Array.from({ length: table.shape[1]! }, (_, i) => i / 7);
    }),
  [`${hook}.statistics`]: result(statisticsOf(measured), STATISTICS, statistics),
  [`${hook}.firings`]: result(firingsOf(measured, model.files[0]!), firingsFormat(texts, 1000), firings),
  'own-texts': result(textsOf(model.files), textsFormat(1000), texts),
  baseline: result(await baselineOf(source, question, false), BASELINE, { floor: 0.01, root }),
  [`${hook}.parity`]: result(await parityOf(source, place, sae.files), PARITY, {
    l0: 3.25,
    explainedVariance: 0.5,
  }),
};

/** What may have happened to a file that was whole: everything else that could stand in its place. */
function damages(whole: Buffer): [string, (file: string) => Promise<void>][] {
  const flips = Array.from({ length: FLIPS }, () => {
    const bit = Math.floor(uniform() * whole.length * 8);
    const changed = Buffer.from(whole);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    return [`bit ${bit} is another`, (file: string) => writeFile(file, changed)] as const;
  });
  const lengths = Array.from({ length: Math.ceil(whole.length / BLOCK) }, (_, i) => i * BLOCK);
  const cuts = [...lengths, 7, 8, 9, whole.length - 1].map(
    (length) => [`cut off after ${length} bytes`, (file: string) => truncate(file, length)] as const,
  );
  const instead = (make: (file: string) => Promise<unknown>) => async (file: string) => {
    await rm(file, { recursive: true });
    await make(file);
  };
  return [
    ...flips.map(([...damage]): [string, (file: string) => Promise<void>] => damage),
    ...cuts.map(([...damage]): [string, (file: string) => Promise<void>] => damage),
    ['longer', (file) => writeFile(file, Buffer.concat([whole, Buffer.alloc(1)]))],
    ['zeros', (file) => writeFile(file, Buffer.alloc(whole.length))],
    ['a folder', instead((file) => mkdir(file))],
    ['a folder that holds something', instead((file) => mkdir(join(file, 'more'), { recursive: true }))],
    ['a link to itself', instead((file) => symlink(file, file))],
    ['a link to nothing', instead((file) => symlink(`${file}.gone`, file))],
    ['not to be read', (file) => chmod(file, 0)],
  ];
}

describe.each(Object.entries(KINDS))('%s', (name, ask) => {
  test('is made once, and made anew whatever happened to its file', async () => {
    const root = await temporaryFolder();
    const prepared = join(root, 'whole');
    const asked = async (folder: string) => {
      let work = 0;
      const answer = await ask(folder, () => void work++);
      return { answer, isMade: work > 0 };
    };
    const fresh = await asked(prepared);
    expect(fresh.isMade).toBe(true);
    expect(await asked(prepared)).toEqual({ ...fresh, isMade: false });

    const files = await readdir(prepared);
    expect(files).toEqual([expect.stringMatching(/\.[0-9a-f]{12}\.safetensors$/)]);
    expect(files[0]!.slice(0, -'.0123456789ab.safetensors'.length)).toBe(name);
    const whole = await readFile(join(prepared, files[0]!));
    await Promise.all(
      damages(whole).map(async ([what, damage], index) => {
        const folder = join(root, String(index));
        const file = join(folder, files[0]!);
        await mkdir(folder);
        await writeFile(file, whole);
        await damage(file);
        // The superuser may read everything.
        const isRefused = what !== 'not to be read' || process.getuid?.() !== 0;
        expect(await asked(folder), what).toEqual({ ...fresh, isMade: isRefused });
        expect(whole.equals(await readFile(file)), what).toBe(true);
        expect(await readdir(folder), what).toEqual(files);
        expect(await asked(folder), what).toEqual({ ...fresh, isMade: false });
      }),
    );
  });
});

test('a model answers the same whatever happened to all that was derived from it', async () => {
  const quantised = { ...tinyModel(), dtype: 'q8' as const };
  const { request, limits } = tinyJob({ cutoff: 1e-2, prune: 'on', pca: 1 }, quantised);
  const answer = async () => {
    const opened = await loadModel(quantised, { threads: 1 });
    try {
      const { tree, tokens, sae } = await answerFeature(
        opened,
        await opened.features(0),
        request,
        limits,
        0,
        () => {},
      );
      return { candidates: tree.candidates, tokens, sae };
    } finally {
      await opened.close();
    }
  };
  const fresh = await answer();
  const { prepared } = quantised;
  const names = (await readdir(prepared)).sort();
  expect(names.map((name) => name.replace(/\.[0-9a-f]{12}\.safetensors$/, ''))).toEqual([
    'baseline',
    `${hook}.parity.q8`,
    'weights.q8',
  ]);
  const wholes = await Promise.all(names.map((name) => readFile(join(prepared, name))));
  for (const pick of ['cut off after 9 bytes', 'longer', 'zeros', 'a folder', 'a link to itself']) {
    for (const [index, name] of names.entries()) {
      const [, damage] = damages(wholes[index]!).find(([what]) => what === pick)!;
      await damage(join(prepared, name));
    }
    expect(await answer()).toEqual(fresh);
    expect((await readdir(prepared)).sort()).toEqual(names);
  }
});
