import type { Configuration } from '../src/config.js';
import type { FeatureReport } from '../src/core/index.js';
import type { Asker, FeatureJobs, JobProgress } from '../src/jobs/index.js';
import type { Option } from './options.js';

/** One command, whatever it was typed into. A new command is one new file and one line in `index.ts`. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** How it is typed, without the leading `/` or program name. */
  usage: string;
  examples: string[];
  options: Option[];
  /** @throws {InputError} what the person who asked can mend */
  run(request: CommandRequest, context: CommandContext): Promise<Reply>;
}

/** A command line, split: `10 777 scale=4` has words `10`, `777` and the value `scale` = `4`. */
export interface CommandRequest {
  words: string[];
  values: Map<string, string>;
}

/** What a command may use. */
export interface CommandContext {
  configuration: Configuration;
  jobs: FeatureJobs;
  asker?: Asker | undefined;
  /** Raised when the person who asked cancels. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** An answer that any platform can show: some of it as a message, some in its thread. */
export interface Reply {
  title: string;
  /** Lines of plain text; model output in it is made visible but not escaped for any platform. */
  text: string;
  pictures: ReplyPicture[];
  /** The token list, best first. */
  tokens: ReplyToken[];
  files: ReplyFile[];
}

export interface ReplyPicture {
  /** File name. */
  name: string;
  alt: string;
  /** Draws it; nothing is drawn that nobody looks at. */
  png(): Promise<Buffer>;
}

export interface ReplyToken {
  rank: number;
  text: string;
  score: number;
}

export interface ReplyFile {
  name: string;
  type: 'application/json';
  content: FeatureReport;
}
