import type { InferenceEvent } from '../core/index.js';
import type { Log } from './log.js';

/** Ends in a row without an answer in between after which the next question would most likely end the same way. */
const MOST_DEATHS = 3;

/** Logs and counts what happens to the inference process, for operators. */
export class InferenceWatch {
  private deaths = 0;

  constructor(
    private readonly log: Log,
    private readonly measure: (event: InferenceEvent) => void,
  ) {}

  readonly heard = (event: InferenceEvent): void => {
    this.measure(event);
    if (event.type === 'started') this.log.info('The inference process started', { child: event.child });
    else if (event.type === 'state') this.deaths = event.working ? this.deaths : 0;
    else if (event.type === 'said') this.log.fault('The inference process said', event.text);
    else if (event.type === 'failed') {
      const error = Object.assign(new Error(event.message), { stack: event.stack });
      this.log.fault('A computation failed', error, event.job);
    } else if (!event.expected) {
      this.deaths += 1;
      const { how, id } = event;
      this.log.fault(`The inference process ended (${how}); the next question starts another`, undefined, {
        id,
      });
    }
  };

  /** What keeps it from answering, if anything does. */
  async problem(): Promise<string | undefined> {
    if (this.deaths < MOST_DEATHS) return undefined;
    return `the inference process ended ${this.deaths} times in a row before it could do anything`;
  }
}
