import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../../soak/dice.js';
import { Program } from '../../soak/program.js';
import type { Finding } from '../proof.js';
import { HostileDiscord } from './discord.js';
import { HostileSlack } from './slack.js';

/** An ordinary question is asked after so many events. */
const EVERY = 100;
/** Of the answers of both platforms' APIs, in the second half of the run. */
const SHARE_OF_ANSWERS = 0.05;
const ANSWER_MILLISECONDS = 60_000;
/** Most events that are under way at once. */
const PAUSE_MILLISECONDS = 5;

/** A platform on loopback that says what it should not. */
export interface HostilePlatform {
  readonly name: string;
  /** Whether what it tells the program is changed on its way. */
  hostile: boolean;
  /** Events so far that were changed. */
  readonly changed: number;
  /** Share of its answers that are changed, and how many were. */
  answers: { share: number; readonly changed: number };
  environment(): Record<string, string>;
  /** Lets somebody do something. */
  act(dice: Dice): void;
  /**
   * Somebody asks an ordinary question in a new channel; resolves when the picture hangs there.
   *
   * @throws when it does not within so many milliseconds
   */
  ordinary(within: number): Promise<void>;
  /** Messages of ours that notify somebody, and those that hold one of the words. */
  harm(secrets: readonly string[]): { pings: number; secrets: number };
  stop(): Promise<void>;
}

/** Both platforms tell the program what is nearly right, or not at all, by events and by answers. */
export async function hostileChats(
  count: number,
  dice: Dice,
  progress: (line: string) => void,
): Promise<Finding[]> {
  const platforms: HostilePlatform[] = [await HostileSlack.start(dice), await HostileDiscord.start(dice)];
  const environment = Object.assign(
    { EXPLAIN_API_KEY: 'sk-nobody' },
    ...platforms.map((each) => each.environment()),
  );
  const program = await Program.start(environment, count);
  const unanswered: string[] = [];
  let asked = 0;
  for (let index = 1; index <= count; index++) {
    const platform = dice.pick(platforms);
    platform.hostile = true;
    platform.answers.share = index > count / 2 ? SHARE_OF_ANSWERS : 0;
    platform.act(dice);
    await sleep(PAUSE_MILLISECONDS);
    if (index % EVERY !== 0 && index !== count) continue;
    for (const each of platforms) {
      each.hostile = false;
      each.answers.share = 0;
      asked++;
      const failed = await each.ordinary(ANSWER_MILLISECONDS).catch(String);
      if (failed === undefined) continue;
      unanswered.push(each.name);
      progress(`${each.name} after ${index} events: ${failed}`);
    }
    progress(`${index} of ${count} events, ${program.deaths} deaths`);
  }
  await program.stop();
  const secrets = Object.entries(environment)
    .filter(([name]) => !name.endsWith('_URL'))
    .map(([, value]) => value as string);
  const logged = secrets.filter((secret) => program.stderr.includes(secret)).length;
  const findings = platforms.map((platform): Finding => {
    const harm = platform.harm(secrets);
    const silent = unanswered.filter((name) => name === platform.name).length;
    return {
      what: `Events of ${platform.name} and answers of its API, JSON, bytes or status mutated, while people type mutated commands`,
      tried: `${platform.changed} events, ${platform.answers.changed} answers`,
      found: `${program.deaths} deaths of the program, ${silent} of ${asked / 2} ordinary questions in between unanswered, ${harm.pings} messages that ping, ${harm.secrets + logged} secrets in messages and the log`,
      met: program.deaths + silent + harm.pings + harm.secrets + logged === 0,
    };
  });
  if (process.env.RELIABILITY_LOG) process.stderr.write(program.stderr);
  await Promise.all(platforms.map((platform) => platform.stop()));
  return findings;
}
