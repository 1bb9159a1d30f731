/**
 * `npm run truth:answers COLLECTED.ndjson ANSWERS.ndjson`: what each method says of the collected features, for the judges
 * in Python (judge.py, further_judges.py). The methods: one setting alone, all settings of one vector pooled and ranked by
 * read-back, the answer as it is shown, and what is shown beside it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readConfiguration } from '../../src/configuration/index.js';
import { variationsLast } from '../../src/core/features/speak/variations.js';
import { calibrationFile } from '../../src/core/weights/speaking/calibration.js';
import type { Collected, Pooled } from './collect.js';

/** As the verdict of an answer has it. */
const FIRING = 0.5;
/** Definitions that count as what is said. */
const SAID = 3;

interface Answer {
  method: string;
  said: string[];
  readBack?: number;
  verdict?: string;
}

const [from, to] = process.argv.slice(2);
if (!from || !to) throw new Error('Give the file that was collected, and one for the answers.');
const collected = readFileSync(from, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Collected);
const { models, settings: ours } = readConfiguration();
const source = models.get(ours.model)!;
const calibrations = new Map<string, Calibration | undefined>();
const lines = collected.flatMap((feature) =>
  answersOf(feature).map((answer) => {
    const { hook, seed, feature: number, firing } = feature;
    return JSON.stringify({ hook, seed, feature: number, ...answer, firing });
  }),
);
writeFileSync(to, `${lines.join('\n')}\n`);

function answersOf({ hook, pool, shown }: Collected): Answer[] {
  const settings = new Map<string, Pooled[]>();
  for (const one of pool) {
    const key = `${one.weights} at=${one.at} scale=${one.scale}`;
    settings.set(key, [...(settings.get(key) ?? []), one]);
  }
  const alone = [...settings].map(([method, said]) => ({ method, ...ranked(hook, said, said.length) }));
  const decoder = ranked(
    hook,
    pool.filter(({ weights }) => weights === 'decoder'),
  );
  const answers: Answer[] = [
    ...alone,
    { method: 'decoder, pooled by read-back', ...decoder },
    {
      method: 'encoder, pooled by read-back',
      ...ranked(
        hook,
        pool.filter(({ weights }) => weights === 'encoder'),
      ),
    },
    { method: 'both vectors, pooled by read-back', ...ranked(hook, pool) },
  ];
  if (!shown) return answers;
  const { readsBack = Number.POSITIVE_INFINITY, partly } = calibrationOf(hook)!;
  const firing = ranked(hook, shown.firing);
  const isVectorTrue = decoder.readBack >= readsBack;
  const isTrue = isVectorTrue || firing.readBack >= FIRING;
  const isPart = Math.max(decoder.readBack, firing.readBack) >= partly;
  const verdict = isTrue ? 'reads back' : isPart ? 'partly' : 'nothing';
  const fallsBack = !isVectorTrue && firing.said.length > 0;
  return [
    ...answers,
    { method: 'answer', ...decoder, said: fallsBack ? firing.said : decoder.said, verdict },
    { method: 'firing', ...firing },
    { method: 'label', said: [shown.label.join(', ')] },
    { method: 'tokens near the decoder', said: [shown.near.decoder.join(' ')] },
    { method: 'tokens near the encoder', said: [shown.near.encoder.join(' ')] },
    { method: 'tokens that it promotes', said: [shown.promoted.join(' ')] },
  ];
}

/** What activates the feature most, each text once, and how much that is. */
function ranked(hook: string, pool: readonly Pooled[], most = SAID): { said: string[]; readBack: number } {
  const share = ({ alone, sentence }: Pooled) => Math.max(alone, sentence);
  const order = settingsOf(hook);
  const place = ({ at, scale }: Pooled) => order.indexOf(`${at} ${scale}`);
  const sorted = [...pool].sort((a, b) => share(b) - share(a) || place(a) - place(b));
  const said = variationsLast(sorted)
    .slice(0, most)
    .map(({ text }) => text);
  return { said, readBack: sorted[0] ? share(sorted[0]) : 0 };
}

interface Calibration {
  settings: { at: string | number; scale: number }[];
  readsBack?: number;
  partly: number;
}

/** Undefined for answers that were collected over the tuning grid, before there was one. */
function calibrationOf(hook: string): Calibration | undefined {
  if (!calibrations.has(hook)) {
    const file = calibrationFile(source, hook);
    calibrations.set(hook, existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
  }
  return calibrations.get(hook);
}

/** Names of the settings, in their order. */
function settingsOf(hook: string): string[] {
  return calibrationOf(hook)?.settings.map(({ at, scale }) => `${at} ${scale}`) ?? [];
}
