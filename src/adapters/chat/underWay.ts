import { randomUUID } from 'node:crypto';
import type { Log } from '../../operations/index.js';
import type { Undelivered, UnfinishedAnswer, UnfinishedAnswers } from '../../store/index.js';
import type { AnswerPlace } from './platform.js';

/**
 * The answers that this process is giving, written down so that people can be told (interrupted.ts) when it is
 * killed meanwhile. A store that fails does not stop an answer that has begun.
 */
export class AnswersUnderWay {
  private readonly owner = randomUUID();
  private readonly ids = new Set<string>();

  constructor(
    private readonly book: UnfinishedAnswers,
    private readonly log: Log,
  ) {}

  /** @throws {StoreError} */
  async begin(id: string, line: string, place: AnswerPlace): Promise<void> {
    this.ids.add(id);
    await this.book.begin({ id, owner: this.owner, line, place: place.bookmark });
  }

  /** Writes down that people see something of an answer: its announcement, or the result in that. */
  advance(id: string, stage: Undelivered, title: string, line: string, place: AnswerPlace): Promise<void> {
    const progress = { stage, title, line, place: place.bookmark };
    return this.logged(this.book.advance(id, this.owner, progress));
  }

  /** Writes down that people have seen everything. */
  async end(id: string): Promise<void> {
    await this.logged(this.book.end(id, this.owner));
    this.ids.delete(id);
  }

  /** Tells other processes that this one lives. */
  async beat(): Promise<void> {
    if (this.ids.size > 0) await this.logged(this.book.beat(this.owner));
  }

  /** Answers that this process is not giving, among them those that it took over. @throws {StoreError} */
  async others(): Promise<UnfinishedAnswer[]> {
    return (await this.book.all()).filter(({ id }) => !this.ids.has(id));
  }

  isOwn({ owner }: UnfinishedAnswer): boolean {
    return owner === this.owner;
  }

  /** @returns false when the process that gives it lives, or another one took it first. @throws {StoreError} */
  take(answer: UnfinishedAnswer): Promise<boolean> {
    return this.book.take(answer, this.owner);
  }

  private logged(writing: Promise<void>): Promise<void> {
    return writing.catch((error) => this.log.fault('The progress of an answer could not be kept', error));
  }
}
