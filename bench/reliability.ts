import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { days } from './reliability/days.js';
import { hostile } from './reliability/hostile.js';
import { kills } from './reliability/kills.js';
import type { Finding, Proof } from './reliability/proof.js';
import { store } from './reliability/store.js';

/**
 * `npm run reliability [name ...]`: does to the real program what may happen to it, and writes docs/reliability.md.
 * Findings of proofs that are not named stay as they are. Exit code 1 when one is not as hoped.
 */
const PROOFS: Proof[] = [hostile, kills, days, store];
const RESULTS = 'bench/reliability/results';

const names = process.argv.slice(2);
const known = PROOFS.map(({ name }) => name);
const unknown = names.find((name) => !known.includes(name));
if (unknown) throw new Error(`There is no proof ${unknown}; there are: ${known.join(', ')}.`);
await mkdir(RESULTS, { recursive: true });
const rows: string[] = [];
let met = true;
for (const { name, run } of PROOFS) {
  const file = `${RESULTS}/${name}.json`;
  if (names.includes(name) || names.length === 0) {
    const findings = await run((line) => process.stderr.write(`${name}: ${line}\n`));
    await writeFile(file, `${JSON.stringify(findings, undefined, 2)}\n`);
  }
  if (!existsSync(file)) continue;
  const findings = JSON.parse(await readFile(file, 'utf8')) as Finding[];
  met &&= findings.every((finding) => finding.met);
  for (const { what, tried, found, met } of findings)
    rows.push(
      `| ${what} | ${tried} | ${met ? '' : '**missed** '}${found} | \`npm run reliability ${name}\` |`,
    );
}
const page = `# Reliability

What was done to ghosttree, and what came of it: the real program, the real clients of Slack and Discord, real databases and queues, against platforms played on loopback. Written by \`npm run reliability\` on ${cpus().length} cores with Node ${process.version}; every row names the command that repeats it.

| what was done | how often | what came of it | repeat it |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
await writeFile('docs/reliability.md', page);
process.stdout.write(page);
process.exit(met ? 0 : 1);
