import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerFeature } from '../../../src/core/features/feature/index.js';
import { loadModel } from '../../../src/core/runtime/opened/index.js';
import { Checkpoint } from '../../../src/core/weights/files/checkpoint.js';
import { readElements } from '../../../src/core/weights/files/safetensors.js';
import { bytesOf, writeSafetensors } from '../../../src/core/weights/files/safetensorsWriter.js';
import type { ModelSource, WeightType } from '../../../src/core/weights/files/source.js';
import { tinyJob } from '../../support/processes.js';
import { fixture, modelSource, tinyModel } from '../../support/tinyModel.js';

/** tiny-gpt2 with a head of its own: the input embeddings, each token's at the place of the next. */
async function withShiftedHead(): Promise<ModelSource> {
  const folder = await mkdtemp(join(tmpdir(), 'ghosttree-'));
  await cp(fixture('tiny-gpt2'), folder, { recursive: true });
  const checkpoint = await Checkpoint.open(fixture('tiny-gpt2'));
  const [size, width] = checkpoint.shape('wte.weight') as [number, number];
  const names = ['wte.weight', 'wpe.weight', 'ln_f.weight', 'ln_f.bias'];
  for (let layer = 0; checkpoint.has(`h.${layer}.ln_1.weight`); layer++)
    for (const part of ['ln_1', 'ln_2', 'attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'])
      names.push(`h.${layer}.${part}.weight`, `h.${layer}.${part}.bias`);
  const tensors = await Promise.all(
    names.map(async (name) => {
      const shape = [...checkpoint.shape(name)!];
      return { name, shape, values: await readElements(checkpoint.tensor(name, shape)) };
    }),
  );
  const table = tensors[0]!.values;
  const head = new Float32Array(table.length);
  head.set(table.subarray(0, (size - 1) * width), width);
  head.set(table.subarray((size - 1) * width), 0);
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    [...tensors, { name: 'lm_head.weight', shape: [size, width], values: head }].map(
      ({ name, shape, values }) => ({ name, dtype: 'F32' as const, shape, pieces: () => [bytesOf(values)] }),
    ),
  );
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, tie_word_embeddings: false }));
  return modelSource('tiny-gpt2', folder, [0, 1]);
}

test.each(['float32', 'q8'] as WeightType[])(
  '%s: the token list is by the input embeddings, next tokens and the logit lens by the head',
  async (dtype) => {
    const tied = await loadModel({ ...tinyModel('tiny-gpt2'), dtype }, { threads: 1 });
    const untied = await loadModel({ ...(await withShiftedHead()), dtype }, { threads: 1 });
    try {
      const answer = async (model: typeof tied) => {
        const { request, limits } = tinyJob({ cutoff: 1e-3 }, tinyModel('tiny-gpt2'));
        return answerFeature(model, await model.features(0), request, limits, 0, () => {});
      };
      const [before, after] = [await answer(tied), await answer(untied)];
      expect(after.tokens).toEqual(before.tokens);
      expect(after.ghost).toEqual(before.ghost);
      // Every first token is the one behind that of the tied model, as probable as it.
      const size = tied.language.vocabularySize;
      const first = before.tree.candidates[0]!;
      const shifted = after.tree.candidates[0]!;
      expect(shifted.tokenId).toBe((first.tokenId + 1) % size);
      expect(shifted.probability).toBeCloseTo(first.probability, 6);
      const vector = Float32Array.from({ length: tied.language.hiddenSize }, (_, i) => Math.cos(i));
      const [lens, shiftedLens] = [await tied.lens.logits(vector), await untied.lens.logits(vector)];
      for (let token = 0; token < size; token++)
        expect(shiftedLens[(token + 1) % size]).toBeCloseTo(lens[token]!, 5);
      const [table, same] = [await tied.embeddings(false), await untied.embeddings(false)];
      expect(await same.cosines(vector)).toEqual(await table.cosines(vector));
    } finally {
      await tied.close();
      await untied.close();
    }
  },
);
