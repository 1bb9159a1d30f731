import type { Log } from '../../operations/index.js';
import type { UnfinishedAnswer } from '../../store/index.js';
import type { RunningAdapter } from './adapter.js';
import type { AnswerPlace } from './platform.js';
import type { AnswersUnderWay } from './underWay.js';

const LOOK_EVERY = 10_000;
/** A process that gave no sign of life for this long, by a clock that does not jump, is gone. */
const ABANDONED_AFTER = 45_000;
/** A platform that cannot be reached is asked again, for five minutes. */
const MOST_ATTEMPTS = 30;

interface Sighting {
  owner: string;
  beat: number;
  since: number;
  attempts: number;
}

/**
 * Tells people of answers whose process was killed, so that no announcement keeps saying that somebody works on it.
 * The answers are not begun again, because what killed one process may kill the next.
 */
export class InterruptedAnswers {
  private readonly seen = new Map<string, Sighting>();
  private looking: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** @param elapsed milliseconds since some moment; never jumps */
  constructor(
    private readonly underWay: AnswersUnderWay,
    private readonly adapters: readonly Pick<RunningAdapter, 'placeAt'>[],
    private readonly log: Log,
    private readonly elapsed = () => performance.now(),
  ) {}

  start(): void {
    const look = () => {
      this.looking = this.looking.then(() => this.look());
    };
    this.timer = setInterval(look, LOOK_EVERY);
    look();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Gives a sign of life, and tells of answers that have lacked one for long. Never throws. */
  async look(): Promise<void> {
    try {
      await this.underWay.beat();
      const unfinished = await this.underWay.others();
      const ids = new Set(unfinished.map(({ id }) => id));
      for (const id of this.seen.keys()) if (!ids.has(id)) this.seen.delete(id);
      for (const answer of unfinished) await this.check(answer);
    } catch (error) {
      this.log.fault('Interrupted answers could not be looked for', error);
      // While the store was away nobody could give a sign of life.
      for (const sighting of this.seen.values()) sighting.since = this.elapsed();
    }
  }

  private async check(answer: UnfinishedAnswer): Promise<void> {
    const sighting = this.seen.get(answer.id);
    const isOurs = this.underWay.isOwn(answer);
    if (!isOurs && (sighting?.owner !== answer.owner || sighting.beat !== answer.beat)) {
      const { owner, beat } = answer;
      this.seen.set(answer.id, { owner, beat, since: this.elapsed(), attempts: 0 });
      return;
    }
    if (!isOurs && this.elapsed() - sighting!.since < ABANDONED_AFTER) return;
    const place = await this.placeOf(answer);
    if (!place || !(isOurs || (await this.underWay.take(answer)))) return;
    await this.tell(answer, place, sighting);
  }

  private async tell(
    answer: UnfinishedAnswer,
    place: AnswerPlace,
    sighting: Sighting | undefined,
  ): Promise<void> {
    const log = this.log.with({ id: answer.id });
    try {
      await tellInterrupted(answer, place);
      log.info('An answer had been interrupted; people were told');
    } catch (error) {
      if (sighting && ++sighting.attempts < MOST_ATTEMPTS) return;
      log.fault('An answer was interrupted, and people could not be told', error);
    }
    await this.underWay.end(answer.id);
  }

  /** Undefined where another process has to see to it: the platform is not one of ours. */
  private async placeOf({ place }: UnfinishedAnswer): Promise<AnswerPlace | undefined> {
    for (const adapter of this.adapters) {
      const answerPlace = await adapter.placeAt(place);
      if (answerPlace) return answerPlace;
    }
    return undefined;
  }
}

async function tellInterrupted({ stage, title, line }: UnfinishedAnswer, place: AnswerPlace): Promise<void> {
  const again = `Ask again: /${line}`;
  if (stage === 'announced')
    await place.edit({ title, text: `Ghosttree was restarted before this was answered. ${again}` });
  else if (stage === 'told')
    await place.say({ text: `Ghosttree was restarted before all of this answer was here. ${again}` });
  else {
    const what = line ? `“${line}”` : 'that';
    await place.whisper({
      text: `Ghosttree was restarted before it could answer ${what}: please ask again.`,
    });
  }
}
