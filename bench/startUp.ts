import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * `npm run bench:start`: how long a start takes against `node -e 0` in the same run, and where the time of a whole
 * answer goes. Runs take turns, so that what else the machine does strikes all of them; each number is a median. The
 * tables are bench/startUp-results.md.
 */
const STARTS = 20;
const ANSWERS = 9;

const main = resolve('dist/src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'ghosttree-bench-'));
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, stdio: 'pipe' });

/** Milliseconds that a program takes from its start to its end. */
function timed(...args: string[]): number {
  const started = performance.now();
  node(...args);
  return performance.now() - started;
}

const COMPARED = {
  'node -e 0': ['-e', '0'],
  'ghosttree --version': [main, '--version'],
  'ghosttree help': [main, 'help'],
};
const GOALS = new Map([
  ['ghosttree --version', 2.5],
  ['ghosttree help', 4],
]);

try {
  const starts = rounds(STARTS, () =>
    Object.entries(COMPARED).map(([name, args]): [string, number] => [name, timed(...args)]),
  );
  const bare = starts.get('node -e 0')!;
  // What the first answer derives from the model is there for those that are measured.
  timed(main, 'feature', '10', '777');
  const whole = rounds(ANSWERS, () => [['whole', timed(main, 'feature', '10', '777')]]).get('whole')!;
  const steps = rounds(
    ANSWERS,
    () => JSON.parse(node(resolve('dist/bench/startUp/timeline.js')).toString()) as [string, number][],
  );
  const text = [
    '# Start',
    '',
    `Written by \`npm run bench:start\` on ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}. Medians of ${STARTS} starts that take turns.`,
    '',
    '| program | milliseconds | times `node -e 0` | goal |',
    '| --- | ---: | ---: | --- |',
    ...[...starts].map(([name, milliseconds]) => {
      const goal = GOALS.get(name);
      const ratio = (milliseconds / bare).toFixed(2);
      return `| \`${name}\` | ${milliseconds.toFixed(0)} | ${ratio} | ${goal ? `<= ${goal}` : ''} |`;
    }),
    '',
    `\`ghosttree feature 10 777\`, not for the first time, takes ${whole.toFixed(0)} ms (median of ${ANSWERS}). Where the time goes, each step a median of its own:`,
    '',
    '| step | milliseconds |',
    '| --- | ---: |',
    ...[...steps].map(([step, milliseconds]) => `| ${step} | ${milliseconds.toFixed(0)} |`),
    '',
  ].join('\n');
  process.stdout.write(text);
  writeFileSync('bench/startUp-results.md', text);
} finally {
  rmSync(folder, { recursive: true });
}

/** Measures so many times. @returns the median of each name, in order */
function rounds(count: number, measure: () => [name: string, milliseconds: number][]): Map<string, number> {
  const all = new Map<string, number[]>();
  for (let round = 0; round < count; round++)
    for (const [name, milliseconds] of measure()) all.set(name, [...(all.get(name) ?? []), milliseconds]);
  return new Map([...all].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
