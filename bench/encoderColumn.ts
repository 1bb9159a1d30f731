import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareSae } from '../src/core/models/featureMajor.js';
import { Sae } from '../src/core/models/sae.js';
import { best } from './best.js';
import { gaussian } from './checkpoint.js';
import type { BenchRow } from './row.js';

const RUNS = 10;
const HOOK = 'blocks.10.hook_resid_post';
/** The shape of Gemma-2B's SAEs. */
const WIDTH = 2048;
const FEATURES = 16_384;

/** One encoder vector out of a generated SAE: from the feature-major copy, and strided from the weights. */
export async function benchEncoderColumn(folder: string): Promise<BenchRow[]> {
  await randomSae(folder);
  const source = { hook: HOOK, folder };
  const prepared = join(folder, 'prepared');
  await rm(prepared, { recursive: true, force: true });
  const random = gaussian(5);
  const anyFeature = () => Math.abs(Math.floor(random() * 1e6)) % FEATURES;

  const plain = await Sae.open(source);
  const strided = await best(RUNS, () => plain.vector(anyFeature(), 'encoder'));
  const preparing = await best(1, () => prepareSae(source, prepared));
  const copied = await Sae.open(source, prepared);
  const column = await best(RUNS, () => copied.vector(anyFeature(), 'encoder'));
  const name = `encoder vector of a ${WIDTH} x ${FEATURES} SAE`;
  return [
    { name: `${name}, prepared`, value: column, unit: 'ms', goal: '<= 50' },
    { name: `${name}: strided read`, value: strided, unit: 'ms' },
    { name: `${name}: preparing it once`, value: preparing, unit: 'ms' },
  ];
}

/** Writes an SAE of that shape, unless it is there already. Its values do not matter: they repeat. */
async function randomSae(folder: string): Promise<void> {
  const file = join(folder, 'sae_weights.safetensors');
  if (existsSync(file)) return;
  await mkdir(folder, { recursive: true });
  const config = { d_in: WIDTH, d_sae: FEATURES, hook_name: HOOK, architecture: 'standard' };
  await writeFile(join(folder, 'cfg.json'), JSON.stringify(config));
  const shapes = { W_enc: [WIDTH, FEATURES], W_dec: [FEATURES, WIDTH], b_enc: [FEATURES], b_dec: [WIDTH] };
  let end = 0;
  const header = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  const json = JSON.stringify(Object.fromEntries(header));
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  const values = new Uint8Array(Float32Array.from({ length: FEATURES * 64 }, gaussian(6)).buffer);
  const handle = await open(`${file}.part`, 'w');
  await handle.write(Buffer.concat([prefix, text]));
  for (let left = end; left > 0; left -= values.length) {
    await handle.write(values, 0, Math.min(left, values.length));
  }
  await handle.close();
  await rename(`${file}.part`, file);
}
