import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/store/index.js';
import { RedisServer } from '../../test/support/redis.js';
import { roomyConfiguration, startFrontEnd, startWorker } from '../scale/setting.js';
import { Dice } from '../soak/dice.js';
import { SoakDiscord } from '../soak/discord.js';
import { type Findings, isComplete, isLost, surplus } from '../soak/findings.js';
import type { SoakPlatform } from '../soak/platform.js';
import { questions, textOf } from '../soak/questions.js';
import { SoakSlack } from '../soak/slack.js';
import { inEachDatabase } from './databases.js';
import { Killable } from './kills/killable.js';
import type { Finding, Proof } from './proof.js';

const SEED = 11;
const COMMANDS = 200;
/** Milliseconds between two commands. */
const EVERY = 900;
/** Milliseconds from one kill to the next, at least and at most. */
const KILLS = [2_000, 8_000] as const;
/** Milliseconds in which the last answer must be there, interrupted ones included. */
const PATIENCE = 120_000;
const MODEL = 'tiny-gpt2';

/** What was killed, and what people saw. */
interface Course {
  kills: Record<string, number>;
  findings: Findings[];
  /** What the platform itself refused in front of the person, or could hand to nobody. */
  refused: Set<Findings['question']>;
  /** Ends of programs that nobody killed. */
  deaths: number;
  /** Answers that the store still holds for unfinished. */
  unfinished: number;
}

/** Front ends, workers and Redis as an operator runs them, killed at random while people ask. */
export const kills: Proof = {
  name: 'kills',
  async run(progress) {
    const commands = Math.ceil(COMMANDS * Number(process.env.RELIABILITY_SHARE ?? 1));
    return inEachDatabase(progress, async ({ name, index, location, progress: tell }) => {
      const course = await killed(commands, location, new Dice(SEED + index), tell);
      for (const found of course.findings) {
        const { question, ...seen } = found;
        if (!isBad(found, course) && surplus(found) === 0) continue;
        tell(
          `${question.platform} "${textOf(question)}" (mention: ${question.mention}): ${JSON.stringify(seen)}`,
        );
      }
      return findingOf(name, course);
    });
  },
};

async function killed(
  commands: number,
  location: string,
  dice: Dice,
  progress: (line: string) => void,
): Promise<Course> {
  const config = await roomyConfiguration('test/fixtures/config');
  const platforms: SoakPlatform[] = [new SoakSlack(), new SoakDiscord()];
  for (const platform of platforms) await platform.start();
  const redis = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
  const workers = [1, 2].map(() => new Killable('worker', () => startWorker(MODEL, config, redis.url)));
  const fronts = platforms.map(
    (platform) =>
      new Killable('front end', () => startFrontEnd(platform.environment(), config, redis.url, location)),
  );
  const programs = [...workers, ...fronts];
  // One after the other: the first one makes the store's tables.
  for (const program of programs) await program.start();
  const count: Record<string, number> = { worker: 0, 'front end': 0, Redis: 0 };
  let killing = true;
  const killer = (async () => {
    while (killing) {
      await sleep(dice.between(...KILLS));
      if (!killing) return;
      const away = dice.between(0, 3_000);
      const victim = dice.chance(0.2) ? undefined : dice.pick(programs);
      progress(`kill -9 of ${victim?.name ?? 'Redis'}`);
      count[victim?.name ?? 'Redis']! += 1;
      if (victim) await victim.killAndRestart(away);
      else {
        await redis.kill();
        await sleep(away);
        await redis.restart();
      }
    }
  })();
  const asked: Promise<void>[] = [];
  for (const question of questions(commands, new Dice(SEED))) {
    asked.push(platforms.find(({ name }) => name.toLowerCase() === question.platform)!.ask(question));
    await sleep(EVERY);
  }
  killing = false;
  await Promise.all([killer, ...asked]);
  const look = () => ({
    findings: platforms.flatMap((platform) => platform.findings()),
    refused: new Set(platforms.flatMap((platform) => [...platform.refused()])),
  });
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(1_000)) {
    const { findings, refused } = look();
    if (findings.every((found) => isComplete(found) || (refused.has(found.question) && !found.announcements)))
      break;
  }
  // Late surplus, if any, shows within this time.
  await sleep(5_000);
  const seen = look();
  const store = await openStore(location);
  const unfinished = (await store.unfinished.all()).length;
  await store.close();
  for (const program of programs) await program.stop();
  for (const platform of platforms) await platform.stop();
  await redis.kill();
  const deaths = programs.reduce((sum, program) => sum + program.deaths, 0);
  return { kills: count, ...seen, deaths, unfinished };
}

/** Whether nobody told the person anything: not even the platform. */
function isBad(found: Findings, { refused }: Course): boolean {
  if (isComplete(found)) return false;
  return !(isLost(found) && found.announcements === 0 && refused.has(found.question));
}

function findingOf(database: string, course: Course): Finding {
  const { kills, findings, deaths, unfinished } = course;
  const bad = findings.filter((found) => isBad(found, course)).length;
  const told = findings.filter(({ sentence }) => sentence !== undefined).length;
  const answered = findings.filter((found) => isComplete(found) && found.sentence === undefined).length;
  const doubled = findings.reduce((sum, found) => sum + surplus(found), 0);
  const refused = findings.length - answered - told - bad;
  const all = Object.entries(kills).map(([name, times]) => `${times} of ${name}`);
  return {
    what: `\`kill -9\` at random moments of two front ends (Slack, Discord; one store in ${database}), two workers and Redis while people ask`,
    tried: `${findings.length} commands; kills: ${all.join(', ')}`,
    found: `${bad} lost, ${doubled} doubled; ${answered} answered, ${told} told by a sentence, ${refused} refused by the platform while no front end was connected; ${deaths} other deaths, ${unfinished} left unfinished`,
    met: bad + doubled + deaths + unfinished === 0,
  };
}
