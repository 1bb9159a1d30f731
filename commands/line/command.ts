import type { Scene } from '../../renderers/sheet/scene.js';
import type { Configuration } from '../../src/configuration/index.js';
import type { ParameterCommand, Report } from '../../src/core/index.js';
import type { Evidence } from '../../src/evidence/index.js';
import type { Explainer, ExplainReport } from '../../src/explanation/index.js';
import type { Asker, JobProgress, Jobs, Priority } from '../../src/jobs/index.js';
import type { ScheduleBook } from '../../src/schedule/index.js';
import type { PlaceSettings } from '../../src/store/index.js';
import type { Option } from './options.js';

/** One command, whatever it was typed into. A new command is one new file and one line in `index.ts`. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** How it is typed, without the leading `/` or program name. */
  usage: string;
  examples: readonly string[];
  options: readonly Option[];
  /** Whose parameters its options are; their defaults are configured. */
  asks?: ParameterCommand;
  /** What the first word may be, for a command that names no feature: a chat offers them in a menu. */
  verbs?: string[];
  /** Whether chats offer it as a slash command of its own; config/slack-manifest.yaml lists it, too. */
  slash?: true;
  /** Whether its options have other defaults where settings of a channel or workspace say so. */
  heedsSettings?: true;
  /**
   * The text of an answer that needs no configuration, no model and nothing else that takes a moment to load.
   *
   * @returns undefined where planning it finds the answer, or what is wrong
   */
  atOnce?(request: CommandRequest, context: Pick<CommandContext, 'programs' | 'typed'>): Reply | undefined;
  /**
   * Checks a command line, as far as that can be done without work.
   *
   * @throws {InputError} when the person who asked can fix it
   */
  plan(request: CommandRequest, context: CommandContext): Plan;
}

/** What help is given about: a command, or something else that can be typed. */
export interface HelpTopic extends Pick<Command, 'name' | 'summary' | 'usage' | 'examples'> {
  /** Further explanation. */
  about?: string;
  options: readonly Pick<Option, 'name' | 'range' | 'meaning' | 'choices'>[];
  /** Default values of options, by name. */
  defaults?: ReadonlyMap<string, unknown>;
}

/** A command line that was understood. */
export interface Plan {
  title: string;
  /** The command line that repeats it: all that is needed, defaults left out. */
  line: string;
  /** Whether the answer takes work and concerns everybody, or comes at once and only the person who asked. */
  scope: 'public' | 'private';
  /** Whether the work, once cancelled, ends with what it has found so far. */
  endsEarly?: true;
  /** Whether it tells what is known before the answer is complete; see `PlanControl.onDraft`. */
  drafts?: true;
  /** Asked before a public answer is announced. @throws {InputError} when too much is waiting already */
  admit?(asker: Asker): Promise<void>;
  /** @throws {InputError | CancelledError | EngineError} */
  run(control: PlanControl): Promise<Reply>;
}

/** A command line, split: `10 777 scale=4` has words `10`, `777` and the value `scale` = `4`. */
export interface CommandRequest {
  words: string[];
  values: Map<string, string>;
  /** Which of the words stood in quotes: those are texts. A shell takes the quotes away before anybody sees them. */
  quoted?: ReadonlySet<number>;
  /** Settings of the room where it was typed; absent where they do not count. */
  room?: Room | undefined;
}

/** What a room's settings make of a command line. */
export interface Room {
  /** The values that count where nothing is typed, of options that the command has. */
  values: ReadonlyMap<string, unknown>;
  /** Options that a line which asks the same again must name whatever their value, or a setting would replace it. */
  names: ReadonlySet<string>;
}

/** What a command may use. */
export interface CommandContext {
  configuration: Configuration;
  jobs: Jobs;
  /** Published facts about features; absent where they are not looked up. */
  evidence?: Evidence | undefined;
  /** Writes explanations; absent where only rules do. */
  explainer?: Explainer | undefined;
  /** Schedules of channels; absent where there are no channels. */
  schedules?: ScheduleBook | undefined;
  /** Settings of channels; absent where there are no channels. */
  placeSettings?: PlaceSettings | undefined;
  /** What can be run besides commands; absent where there is nothing. */
  programs?: readonly HelpTopic[] | undefined;
  /** Writes a command line the way it is typed where the answer is read. @default unchanged */
  typed?: ((line: string) => string) | undefined;
  /** Whether the person who asks also runs ghosttree, as in a terminal. */
  byOperator?: boolean | undefined;
  /** In milliseconds since 1970. @default Date.now */
  now?: (() => number) | undefined;
}

/** What somebody may manage. */
export type Managed = 'channel' | 'workspace';

export interface PlanControl {
  /** For limits; absent in a terminal. */
  asker?: Asker | undefined;
  /** Id of the command, for logs. */
  id?: string | undefined;
  /** Which questions come first. @default 'people' */
  priority?: Priority | undefined;
  /** Whether the person may manage the channel, or all of its workspace; absent in a terminal. Asked only where it matters: platforms are asked, too. */
  manager?: ((what?: Managed) => Promise<boolean>) | undefined;
  /** Raised when the person who asked cancels. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: JobProgress) => void) | undefined;
  /** Called with the text of the answer as far as it is known: at once where nothing has to be computed for it. */
  onDraft?: ((text: string) => void) | undefined;
  /** False where no pictures are wanted. @default true */
  pictures?: boolean | undefined;
}

/** An answer that any platform can show: some of it as a message, some in its thread. */
export interface Reply {
  title: string;
  /**
   * What everybody reads first, in few lines; plain text; model output in it is made visible but not escaped for any
   * platform.
   */
  text: string;
  /** The same where there is more room, as in a terminal. @default text */
  long?: string;
  /** More of the answer, for whom asks for it by a button or a flag. */
  asides?: Partial<Record<AsideName, Aside>>;
  /** The first belongs in the message; the others are for its thread. */
  pictures: ReplyPicture[];
  /** The token list, best first. */
  tokens: ReplyToken[];
  /** Present where tokens are ranked by the activation they cause; else they are by nearness. */
  ranking?: 'activation';
  files: ReplyFile[];
  /** Where more can be read. */
  link?: ReplyLink;
  /** What may be asked next, for buttons. */
  actions: ReplyAction[];
}

export interface ReplyLink {
  label: string;
  url: string;
}

export interface ReplyAction {
  label: string;
  /** The command line it stands for, or the file or the aside of this reply that it hands out. */
  does: { line: string } | { file: string } | { aside: AsideName };
}

/** `details`: how an answer was made, for whoever wants to know; `texts`: where a feature fires, for everybody. */
export type AsideName = 'details' | 'texts';

/** More of an answer than everybody reads. */
export interface Aside {
  /** As in `Reply`. */
  text: string;
  /** What may be asked from there. */
  actions?: ReplyAction[];
}

export interface ReplyPicture {
  /** File name. */
  name: string;
  alt: string;
  png: Buffer;
  /** What was painted, for other formats; absent where nobody can ask for them. */
  scene?: Scene;
}

export interface ReplyToken {
  rank: number;
  text: string;
  /** Score, smallest first, or activation, largest first. */
  score: number;
  /** The end of the text in which it fires best, with the token in brackets. */
  context?: string;
}

export interface ReplyFile {
  name: string;
  type: 'application/json';
  content: Report | ExplainReport | ModelsReport | HelpReport;
}

/** The catalogue, and what of it is on this machine. */
export interface ModelsReport {
  schema: 'ghosttree/models@1';
  models: {
    id: string;
    title: string;
    /** Whether it answers where no model is named. */
    default: boolean;
    dtype: string;
    /** Release of the SAEs, with the layers that have one and the number of features in each. */
    release: string;
    layers: number[];
    features: number;
    /** `elsewhere`: workers answer. */
    state: 'here' | 'absent' | 'damaged' | 'elsewhere';
    /** Layers that can be asked about now. */
    layersHere: number[];
    /** On the disk; absent where that is not known. */
    bytes?: number;
  }[];
}

/** What can be typed. */
export interface HelpReport {
  schema: 'ghosttree/help@1';
  commands: HelpEntry[];
  programs: HelpEntry[];
}

interface HelpEntry extends Pick<Command, 'name' | 'summary' | 'usage' | 'examples'> {
  /** `default` is absent where an option has none. */
  options: { name: string; meaning: string; range: string; choices?: readonly string[]; default?: unknown }[];
}

/** What of a picture an answer hands on. */
type Drawing = Omit<ReplyPicture, 'name'>;

/**
 * The pictures of an answer, where there are any, and its report as files of one name.
 *
 * @param further for the thread: pictures by what their names end in
 */
export function attached(
  name: string,
  picture: Drawing | undefined,
  report: ReplyFile['content'],
  further: Readonly<Record<string, Drawing | undefined>> = {},
): Pick<Reply, 'pictures' | 'files'> {
  const named = Object.entries({ '': picture, ...further });
  return {
    pictures: named.flatMap(([part, drawn]) =>
      drawn
        ? [
            {
              name: `${name}${part === '' ? '' : `-${part}`}.png`,
              alt: drawn.alt,
              png: drawn.png,
              ...(drawn.scene && { scene: drawn.scene }),
            },
          ]
        : [],
    ),
    files: [{ name: `${name}.json`, type: 'application/json', content: report }],
  };
}

/** The cache of pictures; undefined where none is wanted. */
export function picturesFor({ pictures }: Pick<PlanControl, 'pictures'>, jobs: Jobs): Jobs | undefined {
  return pictures === false ? undefined : jobs;
}

/** A reply that is only text. */
export function textReply(title: string, text: string): Reply {
  return { title, text, pictures: [], tokens: [], files: [], actions: [] };
}
