import { readFileSync, rmSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createCore, type ModelSource } from '../../src/core/index.js';
import { prepareModel } from '../../src/core/prepare.js';
import { question } from '../generated/question.js';
import type { BenchRow } from '../row.js';

export interface AnswerBench {
  name: string;
  source: ModelSource;
  layer: number;
  /** Nodes of the warm answer. */
  nodes: number;
  threads: number;
  batch: number;
  goals: { memory?: string; share?: string; cold?: string; warm?: string };
}

/**
 * A model as people meet it: prepared once, then the first answer of a fresh process, then one of a process that
 * is warm, and the most memory that the process ever held.
 */
export async function benchAnswers(bench: AnswerBench): Promise<BenchRow[]> {
  const { name, source, layer, nodes, threads, batch, goals } = bench;
  rmSync(source.prepared, { recursive: true, force: true });
  const preparing = performance.now();
  await prepareModel(source);
  const prepared = (performance.now() - preparing) / 1000;

  const core = createCore({
    threads,
    batch,
    memoryBytes: 16e9,
    treeMilliseconds: 600_000,
    listMilliseconds: 600_000,
    textMilliseconds: 600_000,
    dreamMilliseconds: 600_000,
    stallMilliseconds: 600_000,
    graceMilliseconds: 5000,
  });
  const ask = async (feature: number, budget: number) => {
    const started = performance.now();
    const report = await core.ask(
      'feature',
      question({ model: source.id, layer, feature, cutoff: 1e-8, nodes: budget }),
      source,
    );
    return { seconds: (performance.now() - started) / 1000, nodes: report.tree.nodes };
  };
  const cold = await ask(7, 100);
  const afterCold = childMemory();
  await ask(8, 100);
  const warm = await ask(9, nodes);
  const peak = childMemory();
  await core.close();

  const weights = (await weightBytes(source)) + (await saeBytes(source, layer));
  return [
    { name: `${name}: prepared once`, value: prepared, unit: 's' },
    {
      name: `${name}: first answer of a fresh process (100 nodes)`,
      value: cold.seconds,
      unit: 's',
      goal: goals.cold,
    },
    { name: `${name}: warm answer of ${warm.nodes} nodes`, value: warm.seconds, unit: 's', goal: goals.warm },
    { name: `${name}: memory after the first answer`, value: afterCold / 1e9, unit: 'GB' },
    { name: `${name}: most memory ever`, value: peak / 1e9, unit: 'GB', goal: goals.memory },
    { name: `${name}: weights in use, model and SAE`, value: weights / 1e9, unit: 'GB' },
    { name: `${name}: most memory / weights in use`, value: peak / weights, unit: 'x', goal: goals.share },
  ];
}

/** Most resident memory that the inference process ever had, in bytes, as the kernel counts it. */
function childMemory(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  const peaks = children.map((pid) => {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  });
  return Math.max(...peaks);
}

/** Bytes of the model's weights as the process holds them. */
async function weightBytes({ dtype, folder, prepared }: ModelSource): Promise<number> {
  if (dtype === 'float32') return (await stat(join(folder, 'model.safetensors'))).size;
  const file = (await readdir(prepared)).find((entry) => entry.startsWith(`weights.${dtype}.`));
  return (await stat(join(prepared, file!))).size;
}

/** Bytes of the layer's SAE: the first answer checks encoder and decoder, every answer reads vectors of them. */
async function saeBytes({ saes }: ModelSource, layer: number): Promise<number> {
  const { folder } = saes[layer]!;
  const files = (await readdir(folder)).filter((entry) => /\.(safetensors|npz)$/.test(entry));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
