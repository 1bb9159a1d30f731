import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { clamp } from './sections/clamp.js';
import { compareEvaluation } from './sections/compare.js';
import { dream } from './sections/dream.js';
import { hybrid } from './sections/hybrid.js';
import { kindEvaluation } from './sections/kind.js';
import { prune } from './sections/prune.js';
import { scale } from './sections/scale.js';

/** One evaluation: a section of docs/evaluation.md. */
export interface Evaluation {
  /** Name on the command line, and of the file that keeps its section. */
  name: string;
  title: string;
  /** @returns Markdown: what was measured, how, on which half of the features, and what follows */
  run(): Promise<string>;
}

/** In the order of the document. */
const EVALUATIONS: Evaluation[] = [prune, scale, compareEvaluation, kindEvaluation, hybrid, dream, clamp];

/**
 * `npm run eval [name ...]`: measures on gloss-12l whether the methods help, and writes docs/evaluation.md.
 * Sections of evaluations that are not named stay as they are; `npm run eval none` only puts the document together.
 */
const names = process.argv.slice(2);
const known = EVALUATIONS.map(({ name }) => name);
const unknown = names.find((name) => name !== 'none' && !known.includes(name));
if (unknown) throw new Error(`There is no evaluation ${unknown}; there are: ${known.join(', ')}.`);
await mkdir('eval/results', { recursive: true });
const sections: string[] = [];
for (const { name, title, run } of EVALUATIONS) {
  const file = `eval/results/${name}.md`;
  if (names.includes(name) || names.length === 0) await writeFile(file, `${(await run()).trim()}\n`);
  if (existsSync(file)) {
    const command = `Repeat it: \`npm run eval ${name}\``;
    sections.push(`## ${title}\n\n${(await readFile(file, 'utf8')).trim()}\n\n${command}\n`);
  }
}
/** Written with what the judges in Python print: eval/truth/README.md. */
const TRUTH = 'eval/results/truth.md';
const introduction = `# Evaluation

${(await readFile(TRUTH, 'utf8')).trim()}

# The methods on gloss-12l

What follows was measured on gloss-12l, a GPT-2 of 12 layers that knows dictionary definitions and is among the tests' fixtures, with the lines of its corpus on which each feature is most active as ground truth. The features are split into halves by their numbers (\`eval/measures/split.ts\`): what had to be chosen was chosen on one half, and the numbers are those of the other, as means with 95 % bootstrap intervals. Ghosts stand in place of an input embedding (\`at=input\`); \`scale=best\` is the scale that \`/sweep\` chooses. Written by \`npm run eval\`.
`;
await writeFile('docs/evaluation.md', [introduction, ...sections].join('\n'));
