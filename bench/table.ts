import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { BenchRow } from './row.js';

/** Prints the measurements as a table and keeps it in a file, where one is named. */
export async function writeResults(
  file: string | undefined,
  command: string,
  rows: readonly BenchRow[],
  { threads, batch }: { threads: number; batch: number },
): Promise<void> {
  const table = [
    '| what | measured | goal |',
    '| --- | ---: | --- |',
    ...rows.map(({ name, value, unit, goal }) =>
      `| ${name} | ${significant(value)} ${unit}`.trimEnd().concat(` | ${goal ?? ''} |`),
    ),
  ].join('\n');
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, ${threads} inference thread(s), batches of ${batch}`;
  const text = `# Bench\n\nWritten by \`${command}\` on ${machine}.\n\n${table}\n`;
  process.stdout.write(text);
  if (file) await writeFile(file, text);
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
