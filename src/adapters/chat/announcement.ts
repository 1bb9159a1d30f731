import { Newest } from '../../async/newest.js';
import type { JobProgress } from '../../jobs/index.js';
import type { AnswerPlace, ChatMessage } from './platform.js';
import { progressText } from './progressText.js';

/** The message that says that somebody works on an answer, with its progress and a button that cancels it. */
export class Announcement {
  /** Whether people see it. */
  stands = false;
  private latest: JobProgress | undefined;
  private announcing: Promise<void> | undefined;
  private readonly edits: Newest<JobProgress>;

  constructor(
    private readonly place: AnswerPlace,
    private readonly title: string,
    /** Id of the button that cancels. */
    private readonly cancelId: string,
    /** Called when it is posted. */
    private readonly onAnnounced: () => Promise<void>,
    /** Called when progress could not be announced; `announced` throws why. */
    private readonly onLost: () => void,
  ) {
    this.edits = new Newest(
      () => place.editEvery,
      (progress) => place.edit(this.message(progressText(progress))),
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

  /** Shows progress; the first sign of it announces the answer. */
  readonly show = (progress: JobProgress): void => {
    this.latest = progress;
    if (this.stands) this.edits.push(progress);
    else this.announce().catch(this.onLost);
  };

  /** Resolves when no progress can be shown any more. */
  stop(): Promise<void> {
    return this.edits.stop();
  }

  private async post(): Promise<void> {
    await this.place.announce(this.message('Starting'));
    this.stands = true;
    await this.onAnnounced();
    if (this.latest) this.edits.push(this.latest);
  }

  private message(text: string): ChatMessage {
    return { title: this.title, text, buttons: [{ id: this.cancelId, label: 'Cancel', danger: true }] };
  }
}
