import { closeSync, copyFileSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { InputError } from '../../../src/core/index.js';
import { openStore } from '../../../src/store/index.js';
import { LONG_LINE } from '../../../test/support/storeFaults.js';
import { newStore } from '../../scale/setting.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';

const ROWS = 200;
const PAGE = 4096;
const REMEDY = /is damaged or no database .*: restore a copy made by ghosttree backup/;

/** Stores whose files were cut short, or partly overwritten with noise or zeros. */
export async function damagedFiles(count: number, dice: Dice): Promise<Finding> {
  const whole = await newStore();
  const store = await openStore(whole);
  for (let row = 0; row < ROWS; row++) await store.rememberThread(`t${row}`, LONG_LINE);
  await store.close();
  const seen = { refused: 0, opened: 0, wrong: 0 };
  for (let number = 0; number < count; number++) {
    const file = await newStore();
    copyFileSync(whole, file);
    damage(file, dice);
    seen[await outcome(file)] += 1;
  }
  return {
    what: 'SQLite stores cut short, or overwritten in places with noise or zeros',
    tried: `${count} files`,
    found: `${seen.wrong} crashes or unclear failures; ${seen.refused} refused at the start with the remedy, ${seen.opened} opened and usable (damage in unused space, or zeros within a text, which no check can see)`,
    met: seen.wrong === 0,
  };
}

async function outcome(file: string): Promise<'refused' | 'opened' | 'wrong'> {
  try {
    const store = await openStore(file);
    for (let row = 0; row < ROWS; row++) await store.threadLine(`t${row}`);
    await store.rememberThread('new', LONG_LINE);
    await store.close();
    return 'opened';
  } catch (error) {
    return error instanceof InputError && REMEDY.test(error.message) ? 'refused' : 'wrong';
  }
}

function damage(file: string, dice: Dice): void {
  const { size } = statSync(file);
  const disk = openSync(file, 'r+');
  if (dice.chance(0.2)) ftruncateSync(disk, dice.between(1, size - 1));
  else {
    const length = dice.between(1, PAGE);
    const noise = Buffer.from(Array.from({ length }, () => dice.between(0, 255)));
    const bytes = dice.chance(0.5) ? noise : Buffer.alloc(length);
    writeSync(disk, bytes, 0, length, dice.between(0, size - length));
  }
  closeSync(disk);
}
