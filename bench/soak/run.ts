import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.js';
import { type Findings, isComplete } from './findings.js';
import type { SoakPlatform } from './platform.js';
import type { Memory, Program } from './program.js';
import type { Question } from './questions.js';

const BURST = 50;
/** Every so many questions one comes as a burst. */
const BURST_EVERY = 100;
const BURST_MILLISECONDS = 1_000;
const PACE_MILLISECONDS = 500;
const DISTURB_EVERY = 15;
/** Every so many bursts meets broken connections, too; the others tell how fast acknowledgements are. */
const DISTURBED_BURSTS = 3;
/** Nothing is to be hoped for after so long without a new answer: waits between attempts are shorter. */
const STANDSTILL = 90_000;
/** Late surplus, if any, shows within this time. */
const AFTERMATH = 5_000;

export interface Conditions {
  dice: Dice;
  /** Planned for each question, on the average. */
  faults: number;
  /** Answers after which memory is measured for the first time. */
  warm: number;
  /** Milliseconds. */
  limit: number;
  progress(line: string): void;
}

export interface Course {
  findings: Findings[];
  memory: { start: Memory; end: Memory };
  seconds: number;
}

/** Lets people ask all questions while things go wrong, and waits for the answers. */
export async function run(
  all: readonly Question[],
  platforms: readonly SoakPlatform[],
  program: Program,
  { dice, faults, warm, limit, progress }: Conditions,
): Promise<Course> {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  let start: Memory | undefined;
  let asked = 0;
  const look = () => {
    const findings = platforms.flatMap((platform) => platform.findings());
    const complete = findings.filter(isComplete).length;
    if (!start && complete >= warm) start = program.memory();
    const { program: main } = program.memory();
    progress(`${seconds()} s: ${asked} asked, ${complete} answered, ${main.toFixed(0)} MB`);
    return { findings, complete };
  };
  const watch = setInterval(look, 5_000);
  const asking: Promise<void>[] = [];
  for (const question of all) {
    const platform = platforms.find(({ name }) => name.toLowerCase() === question.platform)!;
    for (let left = faults; dice.chance(left); left -= 1) platform.plan(dice);
    const bursting = asked % BURST_EVERY >= BURST_EVERY - BURST;
    const spared = bursting && Math.floor(asked / BURST_EVERY) % DISTURBED_BURSTS !== DISTURBED_BURSTS - 1;
    if (asked % DISTURB_EVERY === DISTURB_EVERY - 1 && !spared) dice.pick(platforms).disturb(dice);
    asking.push(platform.ask(question));
    asked += 1;
    await sleep(bursting ? BURST_MILLISECONDS / BURST : PACE_MILLISECONDS);
  }
  await Promise.all(asking);
  let newest = { complete: 0, at: Date.now() };
  while (newest.complete < all.length && Date.now() - begun < limit && Date.now() - newest.at < STANDSTILL) {
    await sleep(1_000);
    const { complete } = look();
    if (complete !== newest.complete) newest = { complete, at: Date.now() };
  }
  clearInterval(watch);
  const took = seconds();
  await sleep(AFTERMATH);
  const end = program.memory();
  return { findings: look().findings, memory: { start: start ?? end, end }, seconds: took };
}
