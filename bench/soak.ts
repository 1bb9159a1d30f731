import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { Dice } from './soak/dice.js';
import { SoakDiscord } from './soak/discord.js';
import { isComplete, isLost, surplus } from './soak/findings.js';
import { CACHE_MEGABYTES, Program } from './soak/program.js';
import { distinct, questions, textOf } from './soak/questions.js';
import { run } from './soak/run.js';
import { SoakSlack } from './soak/slack.js';
import { table } from './soak/table.js';

/**
 * `npm run bench:soak [-- <commands> <seed> <faults per command>]`: the program as an operator runs it, against both platforms on
 * loopback, while calls fail and connections break. Prints a table; a full run keeps it in bench/soak-results.md.
 * Exit code 1 when a goal is missed.
 */
const FULL = 500;
const LIMIT_MINUTES = 10;
const WARM = 50;
/** For each command, on the average; an answer is some eight calls. */
const FAULTS = 0.8;

const [count = FULL, seed = 1, faults = FAULTS] = process.argv.slice(2).map(Number);
const dice = new Dice(seed);
const all = questions(count, dice);
const progress = (line: string) => void process.stderr.write(`${line}\n`);

const platforms = [new SoakSlack(), new SoakDiscord()];
await Promise.all(platforms.map((platform) => platform.start()));
const environment = Object.assign({}, ...platforms.map((platform) => platform.environment()));
const program = await Program.start(environment, count);
const course = await run(all, platforms, program, {
  dice,
  faults,
  warm: WARM,
  limit: LIMIT_MINUTES * 60_000,
  progress,
});
await program.stop();

for (const findings of course.findings) {
  if (isComplete(findings) && surplus(findings) === 0 && !isLost(findings)) continue;
  const { question, ...seen } = findings;
  progress(
    `${question.platform} "${textOf(question)}"${question.mention ? ' (mention)' : ''}: ${JSON.stringify(seen)}`,
  );
}
for (const platform of platforms)
  for (const line of new Set(platform.complaints())) progress(`${platform.name}: ${line}`);
if (process.env.SOAK_LOG) await writeFile(process.env.SOAK_LOG, program.stderr);

const { text, met } = table(course, platforms, { deaths: program.deaths, distinct: distinct(all) });
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, seed ${seed}, caches of ${CACHE_MEGABYTES} MB`;
const page = `# Soak\n\nWritten by \`npm run bench:soak\` on ${machine}.\n\n${text}\n`;
process.stdout.write(page);
if (count === FULL) await writeFile('bench/soak-results.md', page);
await Promise.all(platforms.map((platform) => platform.stop()));
process.exit(met ? 0 : 1);
