import type { ReplyFile, ReplyPicture } from '../../commands/line/command.js';
import type { AnswerPlace, ChatMessage } from '../../src/adapters/chat/platform.js';

/** A place that writes down what it is told. */
export class FakePlace implements AnswerPlace {
  readonly editEvery = 5;
  readonly bookmark = JSON.stringify({ fake: true });
  announced: ChatMessage[] = [];
  edits: ChatMessage[] = [];
  said: ChatMessage[] = [];
  pictures: ReplyPicture[] = [];
  files: ReplyFile[] = [];
  whispers: ChatMessage[] = [];
  /** Names of methods that fail. */
  failing = new Set<keyof AnswerPlace>();

  constructor(readonly thread = 'fake:thread') {}

  announce = (message: ChatMessage) => this.note('announce', this.announced, message);
  edit = (message: ChatMessage) => this.note('edit', this.edits, message);
  finish = async (message: ChatMessage, picture: ReplyPicture | undefined) => {
    await this.note('edit', this.edits, message);
    if (picture) await this.picture(picture);
  };
  say = (message: ChatMessage) => this.note('say', this.said, message);
  picture = (picture: ReplyPicture) => this.note('picture', this.pictures, picture);
  file = (file: ReplyFile) => this.note('file', this.files, file);
  whisper = (message: ChatMessage) => this.note('whisper', this.whispers, message);

  private async note<T>(method: keyof AnswerPlace, list: T[], entry: T): Promise<void> {
    if (this.failing.has(method)) throw new Error(`${method} failed`);
    list.push(entry);
  }
}
