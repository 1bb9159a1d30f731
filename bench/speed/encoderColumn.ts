import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { uniformNumbers } from '../../src/core/maths/random.js';
import { prepareSae } from '../../src/core/weights/sae/featureMajor.js';
import { Sae } from '../../src/core/weights/sae/index.js';
import { best } from '../best.js';
import { GEMMA_2B, writeSae } from '../generated/shapes.js';
import type { BenchRow } from '../row.js';

const RUNS = 10;
const HOOK = 'blocks.10.hook_resid_post';
const FEATURES = 16_384;

/** One encoder vector of an SAE of Gemma-2B's shape: from the feature-major copy, and strided from the weights. */
export async function benchEncoderColumn(): Promise<BenchRow[]> {
  const folder = resolve('out/bench/gemma-2b-sae');
  const width = GEMMA_2B.hidden_size;
  await writeSae(folder, HOOK, width, FEATURES);
  const source = { hook: HOOK, folder };
  const prepared = resolve(folder, 'prepared');
  await rm(prepared, { recursive: true, force: true });
  const random = uniformNumbers(5);
  const anyFeature = () => Math.floor(random() * FEATURES);

  const plain = await Sae.open(source);
  const strided = await best(RUNS, () => plain.vector(anyFeature(), 'encoder'));
  const preparing = await best(1, () => prepareSae(source, prepared));
  const copied = await Sae.open(source, prepared);
  const column = await best(RUNS, () => copied.vector(anyFeature(), 'encoder'));
  const name = `encoder vector of a ${width} x ${FEATURES} SAE`;
  return [
    { name: `${name}, prepared`, value: column, unit: 'ms', goal: '<= 50' },
    { name: `${name}: strided read`, value: strided, unit: 'ms' },
    { name: `${name}: preparing it once`, value: preparing, unit: 'ms' },
  ];
}
