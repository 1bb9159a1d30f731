import { vectorOf } from '../../src/core/features/activation/vectorOf.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace } from '../../src/core/features/ghost/place.js';
import {
  type HybridFiring,
  type HybridQuestion,
  hybridFirings,
} from '../../src/core/features/hybrid/firings.js';
import { PLACED, strongestFirst } from '../../src/core/features/hybrid/list.js';
import { shareOfOneToken } from '../../src/core/features/kind/tokenShares.js';
import { listTokens } from '../../src/core/features/list/near.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { openEvaluatedModel } from '../evaluatedModel.js';
import { type FeatureSnippets, isAlive, readSnippets } from '../measures/snippets.js';
import { halfOf, sample } from '../measures/split.js';
import { estimate, mean, written } from '../measures/statistics.js';
import type { Evaluation } from '../run.js';

/** Features of each layer. */
const HELD_OUT = 26;
const TUNING = 12;
const SEED = 11;
const FIRST = 20;
const WEIGHTS = [0, 0.25, 0.5, 0.75, 1];
/** More of a feature's activation on one token, and it is a token feature. */
const ONE_TOKEN = 0.5;

const WAYS = [
  'near',
  'bare',
  'without own texts',
  'own texts only',
  '**hybrid**',
  'hybrid, other half',
  'hybrid with half of the snippets, other half',
] as const;
type Way = (typeof WAYS)[number];
type Model = Awaited<ReturnType<typeof openEvaluatedModel>>;

/** What one feature's lists found of its truly activating tokens. */
interface Measured {
  layer: number;
  kind: 'token' | 'context';
  truth: number;
  found: Record<Way, number>;
  milliseconds: number;
}

export const hybrid: Evaluation = {
  name: 'hybrid',
  title: 'A token list that knows context',
  async run() {
    const embedded = await openEvaluatedModel();
    try {
      const tuned: { layer: number; shares: number[] }[] = [];
      const measured: Measured[] = [];
      for (const [hook, snippets] of readSnippets()) {
        const layer = Number(hook.split('.')[1]);
        const alive = snippets.filter(isAlive);
        const some = (half: string, count: number) =>
          sample(
            alive.filter(({ feature }) => halfOf(feature) === half),
            count,
            SEED,
          );
        for (const entry of some('tuning', TUNING)) {
          const firings = await firingsFor(embedded, layer, entry, {});
          const truth = truthOf(entry.examples);
          const shares = WEIGHTS.map((weight) => found(truth, ranked(embedded, firings, weight)));
          tuned.push({ layer, shares });
        }
        for (const entry of some('held-out', HELD_OUT))
          measured.push(await measureFeature(embedded, layer, entry));
      }
      return section(tuned, measured);
    } finally {
      await embedded.model.close();
    }
  },
};

async function measureFeature(embedded: Model, layer: number, entry: FeatureSnippets): Promise<Measured> {
  const started = performance.now();
  const all = await firingsFor(embedded, layer, entry, {});
  const milliseconds = performance.now() - started;
  const silent = await firingsFor(embedded, layer, entry, { noTexts: true });
  const given = entry.examples.filter((_, index) => index % 2 === 0);
  const helped = await firingsFor(embedded, layer, entry, {
    contexts: given.map(({ tokens }) => tokens.join('')),
  });
  const truth = truthOf(entry.examples);
  const other = truthOf(entry.examples.filter((_, index) => index % 2 === 1));
  const bare = silent.filter(({ context, written: stands }) => !stands && context.length === 2);
  const own = all.filter(({ written: stands }) => stands);
  const share = (firings: HybridFiring[], of = truth) => found(of, ranked(embedded, firings, PLACED));
  return {
    layer,
    kind: shareOfOneToken(entry.examples).share >= ONE_TOKEN ? 'token' : 'context',
    truth: truth.size,
    found: {
      near: found(truth, await nearTexts(embedded, layer, entry.feature)),
      bare: share(bare),
      'without own texts': share(silent),
      'own texts only': share(own),
      '**hybrid**': share(all),
      'hybrid, other half': share(all, other),
      'hybrid with half of the snippets, other half': share(helped, other),
    },
    milliseconds,
  };
}

/** The tokens on which the feature is at least half as active as at the peak of the line. */
function truthOf(examples: FeatureSnippets['examples']): Set<string> {
  return new Set(
    examples.flatMap(({ tokens, activations }) => {
      const peak = Math.max(...activations);
      return tokens.filter((_, position) => activations[position]! > 0 && activations[position]! >= peak / 2);
    }),
  );
}

/** Share of the tokens, or of as many as have room, among the first of a list; NaN without any. */
function found(truth: Set<string>, list: readonly string[]): number {
  const hits = new Set(list.slice(0, FIRST).filter((token) => truth.has(token)));
  return hits.size / Math.min(FIRST, truth.size);
}

function ranked({ model }: Model, firings: readonly HybridFiring[], placed: number): string[] {
  return strongestFirst(firings, placed).map(({ context }) => model.tokenizer.text(context.at(-1)!));
}

async function ghostOf({ model, defaults }: Model, layer: number, feature: number) {
  const source = await model.features(layer);
  const table = await model.embeddings(source.centered);
  const vector = await vectorOf(model, source, feature, defaults.weights);
  const { ghost } = await makeGhost(vector, inputPlace(table), { ...defaults, scale: 1 });
  return { ghost, near: await listTokens(ghost, table, model.tokenizer, defaults.m, 100) };
}

async function nearTexts(embedded: Model, layer: number, feature: number): Promise<string[]> {
  return (await ghostOf(embedded, layer, feature)).near.map(({ token }) => token);
}

/** What `list=hybrid` looks at, with or without the model's own texts and further ones. */
async function firingsFor(
  embedded: Model,
  layer: number,
  { feature }: FeatureSnippets,
  { noTexts = false, contexts = [] }: { noTexts?: boolean; contexts?: string[] },
): Promise<HybridFiring[]> {
  const { model, defaults, limits } = embedded;
  const source = await model.features(layer);
  const { ghost, near } = await ghostOf(embedded, layer, feature);
  const own = await model.firings(source, limits, () => {});
  const question: HybridQuestion = {
    ghost,
    near: near.map(({ tokenId }) => tokenId),
    prompt: tokenizePrompt(defaults.prompt, model.tokenizer, defaults.close),
    firings: noTexts ? { ...own, activation: new Float32Array(own.activation.length) } : own,
    contexts,
  };
  const never = () => false;
  return (await hybridFirings(model, source, feature, question, never, () => {})).firings;
}

function section(
  tuned: readonly { layer: number; shares: number[] }[],
  measured: readonly Measured[],
): string {
  const means = WEIGHTS.map((_, index) => mean(tuned.map(({ shares }) => shares[index]!)));
  const rows = WAYS.flatMap((way) =>
    (['context', 'token'] as const).map((kind) => {
      const of = measured.filter((feature) => feature.kind === kind);
      const cells = [undefined, 0, 6, 10].map((layer) => {
        const some = of.filter((feature) => layer === undefined || feature.layer === layer);
        return written(estimate(some.map((feature) => feature.found[way])));
      });
      return `| ${[way, kind, ...cells].join(' | ')} |`;
    }),
  );
  const count = (kind: string, layer: number) =>
    measured.filter((feature) => feature.kind === kind && feature.layer === layer).length;
  const counts = [0, 6, 10].map(
    (layer) => `${count('context', layer)} and ${count('token', layer)} at layer ${layer}`,
  );
  const ratio = (way: Way) => {
    const of = measured.filter(({ kind }) => kind === 'context').map((feature) => feature.found);
    return (mean(of.map((one) => one[way])) / mean(of.map((one) => one.near))).toFixed(1);
  };
  const times = measured.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const size = (kind: string) =>
    mean(measured.filter((feature) => feature.kind === kind).map(({ truth }) => truth)).toFixed(1);
  return `
\`list=hybrid\` against \`list=near\`, other options at their defaults; formulas in [methods.md](methods.md#the-list-that-knows-context). A feature's *truly activating tokens* are those of its snippets with at least half of the activation at the peak of their line, each counted once and alike (context features have ${size('context')} on average, token features ${size('token')}). The number is the share of them, or of ${FIRST} where there are more, among the first ${FIRST} of the list. A *token* feature has at least ${ONE_TOKEN} of the activation in its snippets on one token, all others are *context* features. ${HELD_OUT} held-out features a layer: ${counts.join(', ')} (context and token features).

What a firing counts on a token that was put into a carrier, on the tuning half (${TUNING} features a layer); ${PLACED} is built in, the largest weight within 0.01 of the best share: the more it is, the more the list shows of what only carriers reveal:

| weight | ${WEIGHTS.join(' | ')} |
| --- | ${WEIGHTS.map(() => '---').join(' | ')} |
| share | ${means.map((value) => value.toFixed(3)).join(' | ')} |

On the held-out half:

| list | features | all layers | layer 0 | layer 6 | layer 10 |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

- *near*: the plain list. *bare*: the candidates after BOS alone. *without own texts*: candidates and carriers from the plain list, the logit lens, the leading definitions and frames. *own texts only*: what fires in the texts that the model wrote by itself, nothing put anywhere. Neither these nor *hybrid* see a snippet.
- On context features the hybrid list finds ${ratio('**hybrid**')} times what the plain list finds (the goal was 2), and ${ratio('without own texts')} times without the model's own texts.
- The last two rows take every other snippet as the truth, and the latter the remaining ones as given contexts, as an answer reads the five best that come with a model: an upper bound of what known examples add, since lines of one feature resemble each other.
- gloss-12l has read its small corpus many times and writes lines much like it; models that know their training data less well will gain less from their own texts.
- A list took ${times[Math.floor(times.length / 2)]!.toFixed(0)} ms (median; 95th percentile ${times[Math.floor(times.length * 0.95)]!.toFixed(0)} ms), on a machine that did other work as well.
`;
}
