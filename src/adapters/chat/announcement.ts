import { Newest } from '../../async/newest.js';
import type { JobProgress } from '../../jobs/index.js';
import type { AnswerPlace, ChatMessage } from './platform.js';
import { progressText } from './progressText.js';

/** Before the progress of an answer of which a part is there. */
const UNFINISHED = 'More to come: ';

/** The message that says that somebody works on an answer, with its progress and a button that cancels it. */
export class Announcement {
  /** Whether people see it. */
  stands = false;
  private latest: JobProgress | undefined;
  private known = '';
  /** By performance.now(). */
  private postedAt = 0;
  private announcing: Promise<void> | undefined;
  private readonly edits: Newest<void>;

  constructor(
    private readonly place: AnswerPlace,
    private readonly title: string,
    /** Whether the first sign of progress announces the answer, as somebody has to wait for it. */
    private readonly byProgress: boolean,
    /** Id of the button that cancels. */
    private readonly cancelId: string,
    /** Called when it is posted. */
    private readonly onAnnounced: () => Promise<void>,
    /** Called when progress could not be announced; `announced` throws why. */
    private readonly onLost: () => void,
  ) {
    this.edits = new Newest(
      // The announcement counts as an edit.
      (sinceLast) => place.editEvery - Math.min(sinceLast, performance.now() - this.postedAt),
      () => place.edit(this.message()),
    );
  }

  /** Announces the answer, unless that was done. @throws what the platform refused */
  announce(): Promise<void> {
    this.announcing ??= this.post();
    return this.announcing;
  }

  /** Resolves when an announcement that was begun stands. @throws what the platform refused */
  async announced(): Promise<void> {
    await this.announcing;
  }

  /** Shows progress. */
  readonly show = (progress: JobProgress): void => {
    this.latest = progress;
    this.update();
  };

  /** Shows the answer as far as it is known, above the progress. */
  readonly draft = (text: string): void => {
    this.known = text;
    this.update();
  };

  /** Resolves when no progress can be shown any more. */
  stop(): Promise<void> {
    return this.edits.stop();
  }

  private update(): void {
    if (this.stands) this.edits.push();
    else if (this.byProgress) this.announce().catch(this.onLost);
  }

  private async post(): Promise<void> {
    const [known, latest] = [this.known, this.latest];
    await this.place.announce(this.message());
    this.stands = true;
    this.postedAt = performance.now();
    await this.onAnnounced();
    if (this.latest !== latest || this.known !== known) this.edits.push();
  }

  private message(): ChatMessage {
    const progress = this.latest ? progressText(this.latest) : 'Starting';
    const text = this.known === '' ? progress : `${this.known}\n${UNFINISHED}${progress}`;
    return { title: this.title, text, buttons: [{ id: this.cancelId, label: 'Cancel', danger: true }] };
  }
}
