import { execFileSync } from 'node:child_process';
import type { Store } from '../../src/store/index.js';
import { temporaryFolder } from './temporaryFolder.js';

/** Long enough that a store is soon full of it. */
export const LONG_LINE = `feature 10 777 prompt="${'x'.repeat(1000)}"`;
const ENOUGH = 10_000;

/** What a writing process (test/store/child.ts) said that it wrote, and a store does not have. */
export async function missingRows(store: Store, acknowledged: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const line of acknowledged) {
    const [kind, id] = line.split(' ') as [string, string];
    const there = kind === 'thread' ? await store.threadLine(id) : (await store.button(id))?.line;
    if (there !== `feature 10 ${id.split(':')[1]}`) missing.push(line);
  }
  return missing;
}

/** Remembers threads until that fails. @returns how many it remembered, and the failure */
export async function fill(remember: Store['rememberThread']): Promise<[number, unknown]> {
  for (let i = 0; i < ENOUGH; i++) {
    try {
      await remember(`t${i}`, LONG_LINE);
    } catch (error) {
      return [i, error];
    }
  }
  throw new Error('It never became full');
}

/** A disk of half a megabyte. */
export interface SmallDisk {
  folder: string;
  /** Makes it four megabytes. */
  grow(): void;
  remove(): void;
}

/** Undefined where this user may not make one. */
export async function smallDisk(): Promise<SmallDisk | undefined> {
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return {
    folder,
    grow: () => void execFileSync('mount', ['-o', 'remount,size=4m', folder]),
    remove: () => void execFileSync('umount', ['-l', folder]),
  };
}
