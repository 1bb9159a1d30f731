import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../core/index.js';

const LOCK = 'pull.lock';
/** Two that take over one stale lock at once see after this time who was last; in milliseconds. */
const SETTLE = 100;

/**
 * Keeps a model's folder for this process: of two pulls at once the second is refused. A lock whose process is gone
 * is taken over.
 *
 * @returns gives the lock back
 * @throws {InputError} when another process has it
 */
export async function lockFolder(folder: string, model: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, LOCK);
  const mine = ownerText(process.pid);
  const refusal = (owner: string) =>
    new InputError(
      `${model} is being pulled or removed by another process (${owner.split(' ')[0]}): wait until it has ended.`,
    );
  try {
    await writeFile(file, mine, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = await readFile(file, 'utf8').catch(() => '');
    if (isAlive(owner)) throw refusal(owner);
    const claim = `${file}.${process.pid}`;
    await writeFile(claim, mine);
    await rename(claim, file);
    await sleep(SETTLE);
    const winner = await readFile(file, 'utf8').catch(() => '');
    if (winner !== mine) throw refusal(winner);
  }
  return () => rm(file, { force: true });
}

function isAlive(owner: string): boolean {
  const pid = Number(owner.split(' ')[0]);
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return ownerText(pid) === owner;
}

/** A process by number and, where /proc tells it, time of start: numbers are used again. */
function ownerText(pid: number): string {
  try {
    // The name in parentheses may hold spaces; the start is the 20th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${pid} ${fields[19]}`;
  } catch {
    return String(pid);
  }
}
