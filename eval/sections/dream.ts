import { readConfiguration } from '../../src/configuration/index.js';
import { encodeTexts } from '../../src/core/features/activation/activations.js';
import { answerDream } from '../../src/core/features/dream/index.js';
import { DreamReader } from '../../src/core/features/dream/reader.js';
import { sampleTexts } from '../../src/core/features/dream/samples.js';
import type { DreamReport } from '../../src/core/index.js';
import { uniformNumbers } from '../../src/core/maths/random.js';
import { loadModel, type OpenModel } from '../../src/core/runtime/opened/index.js';
import { glossConfiguration } from '../../test/support/glossModel.js';
import { type FeatureSnippets, isAlive, readSnippets } from '../measures/snippets.js';
import { halfOf, sample } from '../measures/split.js';
import { estimate, mean, written } from '../measures/statistics.js';
import type { Evaluation } from '../run.js';

/** Held-out features altogether, and the seed they are drawn with. */
const FEATURES = 100;
const SEED = 61;
/** Distinct corpus lines whose cross-entropy says what is fluent. */
const LINES = 500;

interface Measured {
  layer: number;
  /** The feature's highest activation in the corpus. */
  max: number;
  report: DreamReport;
  /** The most active text of a random search, and the most active one of corpus lines' cross-entropy. */
  random: { strongest: number; fluent: number };
  /** Cross-entropy of the snippet in which the feature is most active. */
  snippet: number;
}

export const dream: Evaluation = {
  name: 'dream',
  title: 'Dreamt text: `/dream`',
  async run() {
    const { models, settings } = readConfiguration(glossConfiguration());
    const model = await loadModel(models.get('gloss-12l')!, { threads: 1 });
    try {
      const limit = await corpusLimit(model);
      const measured: Measured[] = [];
      const { length, budget, prompt, seed } = { ...settings.dream, prompt: settings.defaults.prompt };
      const byHook = [...readSnippets()];
      for (const [place, [hook, snippets]] of byHook.entries()) {
        const layer = Number(hook.split('.')[1]);
        const source = await model.features(layer);
        const alive = snippets.filter((entry) => isAlive(entry) && halfOf(entry.feature) === 'held-out');
        const count = Math.floor((FEATURES * (place + 1)) / byHook.length) - measured.length;
        const chosen = sample(alive, count, SEED);
        const random = await randomSearch(model, layer, chosen, { length, budget, seed }, limit);
        for (const [i, entry] of chosen.entries()) {
          const parameters = {
            weights: 'encoder',
            prompt,
            seed,
            length,
            budget,
            trim: 0,
            theme: 'dark',
          } as const;
          const question = { model: model.id, layer, feature: entry.feature, parameters };
          const limits = {
            batch: 128,
            treeMilliseconds: 60_000,
            textMilliseconds: 60_000,
            dreamMilliseconds: 60_000,
            listMilliseconds: 60_000,
          };
          const report = await answerDream(model, source, question, limits, 0, async () => {});
          const snippet = await crossEntropyOf(model, layer, entry.examples[0]!.tokens.join(''));
          const one = { layer, max: entry.max, report, random: random[i]!, snippet };
          measured.push(one);
          process.stderr.write(`${measured.length}: ${layer}/${entry.feature} ${line(one, limit)}\n`);
        }
      }
      return text(measured, limit, budget);
    } finally {
      await model.close();
    }
  },
};

/** 95th percentile of the cross-entropy a token of corpus lines. */
async function corpusLimit(model: OpenModel): Promise<number> {
  const lines = new Set<string>();
  for (const snippets of readSnippets().values())
    for (const { examples } of snippets.filter(isAlive))
      for (const { tokens } of examples) lines.add(tokens.join(''));
  const values: number[] = [];
  for (const line of sample([...lines].sort(), LINES, SEED))
    values.push(await crossEntropyOf(model, 0, line));
  return values.sort((a, b) => a - b)[Math.floor(0.95 * values.length)]!;
}

async function crossEntropyOf(model: OpenModel, layer: number, line: string): Promise<number> {
  const { tokenizer, language } = model;
  const reader = new DreamReader(language, tokenizer.bos, await model.features(layer), 0);
  const ids = tokenizer.encode(line).slice(0, language.contextLength - 1);
  return (await reader.read(ids)).crossEntropy;
}

/** Random search: as many tokens of texts that the model writes by itself as a dream may read. */
async function randomSearch(
  model: OpenModel,
  layer: number,
  features: readonly FeatureSnippets[],
  { length, budget, seed }: { length: number; budget: number; seed: number },
  limit: number,
): Promise<Measured['random'][]> {
  const source = await model.features(layer);
  const { bos } = model.tokenizer;
  const reader = new DreamReader(model.language, bos, source, 0);
  const uniform = uniformNumbers(seed);
  const best = features.map(() => ({ strongest: 0, fluent: 0 }));
  while (reader.rows < budget) {
    const texts = await sampleTexts(reader, 64, length, uniform);
    const whole = texts.map((one) => [bos, ...one.whole.tokens]);
    for await (const { text, activations } of encodeTexts(model, source, whole)) {
      const { surprisals } = texts[text]!.whole;
      features.forEach(({ feature }, i) => {
        const own = surprisals.map((_, token) => activations[(token + 1) * source.features + feature]!);
        const highest = Math.max(...own);
        const upToPeak = surprisals.slice(0, own.indexOf(highest) + 1);
        best[i]!.strongest = Math.max(best[i]!.strongest, highest);
        if (mean(upToPeak) <= limit) best[i]!.fluent = Math.max(best[i]!.fluent, highest);
      });
    }
  }
  return best;
}

/** Whether a text reaches what the corpus does; its maximum is rounded to three decimals. */
function reaches(activation: number, max: number): boolean {
  return activation >= max - 0.001;
}

/** The highest activation of a text of at most so many nats a token. */
function highest({ front }: DreamReport, limit = Number.POSITIVE_INFINITY): number {
  return Math.max(
    0,
    ...front.filter(({ crossEntropy }) => crossEntropy <= limit).map(({ activation }) => activation),
  );
}

function line({ report, max, random }: Measured, limit: number): string {
  const share = (value: number) => (value / max).toFixed(2);
  return `any ${share(highest(report))}, fluent as the corpus ${share(highest(report, limit))}, as the model ${share(highest(report, report.fluency.limit))}, random ${share(random.strongest)}; ${(report.timing.total / 1000).toFixed(1)} s, ${report.search.ended}`;
}

function text(measured: readonly Measured[], limit: number, budget: number): string {
  const layers = [...new Set(measured.map(({ layer }) => layer))];
  const share = (list: readonly Measured[], holds: (one: Measured) => boolean) =>
    written(estimate(list.map((one) => (holds(one) ? 100 : 0))), 0);
  const ratio = (list: readonly Measured[], value: (one: Measured) => number) =>
    written(estimate(list.map((one) => value(one) / one.max)), 2);
  const table = (rows: [name: string, cell: (list: readonly Measured[]) => string][]) =>
    [
      `| | all ${measured.length} | ${layers.map((layer) => `layer ${layer}`).join(' | ')} |`,
      `| --- | ${['', ...layers].map(() => '---').join(' | ')} |`,
      ...rows.map(
        ([name, cell]) =>
          `| ${[name, cell(measured), ...layers.map((layer) => cell(measured.filter((one) => one.layer === layer)))].join(' | ')} |`,
      ),
    ].join('\n');
  const times = measured.map(({ report }) => report.timing.total / 1000).sort((a, b) => a - b);
  const capped = measured.filter(({ report }) => report.search.ended === 'time').length;
  const own = measured.map(({ report }) => report.fluency.limit);
  return `Over ${measured.length} held-out live features (${layers.map((layer) => `${measured.filter((one) => one.layer === layer).length} of layer ${layer}`).join(', ')}), \`/dream\` with its default options (${budget} tokens read) on one thread: median ${times[Math.floor(times.length / 2)]!.toFixed(1)} s a feature, longest ${times.at(-1)!.toFixed(1)} s, on two cores that did other work as well; ${capped} were ended by the time limit of 60 s. The highest activation in the corpus is \`max\` of \`features.jsonl.gz\`, over 14 000 lines. "Fluent as the corpus": at most ${limit.toFixed(2)} nats a token, the 95th percentile of ${LINES} lines drawn from the shipped snippets, which serve as a sample of corpus lines. "Fluent as the model": at most ${mean(own).toFixed(2)} nats, the 95th percentile of what the model writes by itself, which is what \`/dream\` calls fluent. Activation and cross-entropy are always those of the same text.

Share of features (%) whose text reaches the highest activation in the corpus:

${table([
  ['dreamt, any text', (list) => share(list, ({ report, max }) => reaches(highest(report), max))],
  [
    'dreamt, fluent as the corpus',
    (list) => share(list, ({ report, max }) => reaches(highest(report, limit), max)),
  ],
  [
    'dreamt, fluent as the model',
    (list) => share(list, ({ report, max }) => reaches(highest(report, report.fluency.limit), max)),
  ],
  ['random search, any text', (list) => share(list, ({ random, max }) => reaches(random.strongest, max))],
  [
    'random search, fluent as the corpus',
    (list) => share(list, ({ random, max }) => reaches(random.fluent, max)),
  ],
  ['best snippet, fluent as the corpus', (list) => share(list, ({ snippet }) => snippet <= limit)],
])}

Activation in units of the highest in the corpus (the best snippet's is 1):

${table([
  ['dreamt, any text', (list) => ratio(list, ({ report }) => highest(report))],
  ['dreamt, fluent as the corpus', (list) => ratio(list, ({ report }) => highest(report, limit))],
  [
    'dreamt, fluent as the model',
    (list) => ratio(list, ({ report }) => highest(report, report.fluency.limit)),
  ],
  ['random search, any text', (list) => ratio(list, ({ random }) => random.strongest)],
])}

Random search reads as many tokens of texts that the model writes by itself.`;
}
