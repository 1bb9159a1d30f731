import { jobLimits } from '../../src/configuration/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { openStore } from '../../src/store/index.js';
import { FakeClock } from '../../test/adapters/clock/fakeClock.js';
import { discordTown, slackTown, type Town } from '../../test/adapters/clock/towns.js';
import { closeCore, configuration, core } from '../../test/adapters/discord/setting.js';
import { Dice } from '../soak/dice.js';
import { inEachDatabase } from './databases.js';
import { type Month, MonthOfDays } from './days/month.js';
import type { Finding, Proof } from './proof.js';

const SEED = 5;
const DAYS = 30;

/** A month of features of the day on a fake clock, with everything else real. */
export const days: Proof = {
  name: 'days',
  async run(progress) {
    const count = Math.ceil(DAYS * Number(process.env.RELIABILITY_SHARE ?? 1));
    // One after the other: Bolt replaces the HTTP client that discord.js would find.
    const towns = [await discordTown(), await slackTown()];
    const found = await inEachDatabase(progress, async ({ name, index, location, progress: tell }) => {
      const month = await monthIn(location, towns, count, SEED + index, tell);
      for (const line of month.lost) tell(line);
      return findingOf(name, count, month);
    });
    for (const town of towns) await town.stop();
    await closeCore();
    return found;
  },
};

async function monthIn(
  location: string,
  towns: Town[],
  count: number,
  seed: number,
  progress: (line: string) => void,
): Promise<Month> {
  const clock = new FakeClock(0);
  const store = await openStore(location, { now: clock.now });
  const jobs = new LocalJobs(core, jobLimits(configuration.settings));
  const context = { configuration, jobs, schedules: store.schedules };
  try {
    const month = new MonthOfDays({ store, clock, towns, context, dice: new Dice(seed) });
    return await month.run(count, progress);
  } finally {
    await store.close();
  }
}

function findingOf(database: string, count: number, month: Month): Finding {
  const { due, posted, skipped, lost, doubled, kills, jumps, outages } = month;
  return {
    what: `${count} simulated days of schedules in five zones on Slack and Discord, store in ${database}, two processes; killed at random calls, clock set wrong by up to 90 minutes, platforms away for up to 12 hours, ends and beginnings of daylight saving`,
    tried: `${due} posts due; ${kills} kills, ${jumps} clock jumps there and back, ${outages} outages`,
    found: `${lost.length} lost, ${doubled} doubled; ${posted} posted, ${skipped} skipped with a note on days that ended in an outage`,
    met: lost.length + doubled === 0 && posted + skipped === due,
  };
}
