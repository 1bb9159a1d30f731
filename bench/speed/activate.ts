import { readConfiguration } from '../../src/configuration/index.js';
import { type ActivateRequest, createCore, type StrongestRequest } from '../../src/core/index.js';
import { best } from '../best.js';
import { GLOSS } from '../generated/sources.js';
import type { BenchRow } from '../row.js';

/** As many tokens as gloss-12l reads at once, BOS included. */
const TEXT = 'a person who writes and reads and goes to sea in a ship '.repeat(8);

/** What `/activate` takes in a process that is warm, with the way to the inference process and back. */
export async function benchActivate(threads: number, batch: number): Promise<BenchRow[]> {
  const { defaults } = readConfiguration().settings;
  const { theme, trim } = defaults;
  const core = createCore({
    threads,
    batch,
    memoryBytes: 4e9,
    treeMilliseconds: 60_000,
    textMilliseconds: 60_000,
    listMilliseconds: 60_000,
    dreamMilliseconds: 60_000,
    stallMilliseconds: 60_000,
    graceMilliseconds: 5000,
  });
  const question = { model: GLOSS.id, texts: [TEXT], parameters: { bos: false, theme, trim } };
  const one: ActivateRequest = { ...question, layer: 10, feature: 777 };
  const strongest: StrongestRequest = { ...question, layers: [10] };
  const rows: BenchRow[] = [];
  try {
    const { texts } = await core.ask('activate', one, GLOSS);
    const tokens = texts[0]!.tokens.length + 1;
    rows.push({
      name: `gloss-12l: one feature on ${tokens} tokens, warm`,
      value: await best(5, async () => void (await core.ask('activate', one, GLOSS))),
      unit: 'ms',
      goal: '<= 200',
    });
    rows.push({
      name: `gloss-12l: strongest features on ${tokens} tokens, warm`,
      value: await best(5, async () => void (await core.ask('strongest', strongest, GLOSS))),
      unit: 'ms',
    });
  } finally {
    await core.close();
  }
  return rows;
}
