import { findCommand, readable } from '../../../commands/index.js';
import type { Reply } from '../../../commands/line/command.js';
import { toRequest } from '../../../commands/line/grammar.js';
import { coreSettings, jobLimits, readConfiguration } from '../../configuration/index.js';
import { OperatorError } from '../../configuration/manifest.js';
import { CancelledError, createCore, InputError } from '../../core/index.js';
import { createEvidence, neuronpediaSettings } from '../../evidence/index.js';
import { createExplainer } from '../../explanation/index.js';
import { LocalJobs } from '../../jobs/local/localJobs.js';
import { parseArguments, type TerminalArguments } from './arguments.js';
import { coloursFor } from './colours.js';
import { inColumns } from './columns.js';
import { fileFor, type Out, type OutFormat, readOut, writeWhole } from './output.js';
import { PROGRAMS } from './programs.js';
import { Progress } from './progress.js';
import { shellLine, withRunnableCommands } from './shell.js';
import { version } from './version.js';
import { columnsOf } from './width.js';

/** Exit codes of the program. */
const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;

/** The streams and events of the process that the adapter uses. */
export type TerminalProcess = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'once' | 'off'>;

/**
 * Runs one command line and prints its reply.
 *
 * @returns exit code: 0 done, 1 failure, 2 bad input
 */
export async function runTerminal(args: readonly string[], terminal: TerminalProcess): Promise<number> {
  try {
    return await answer(parseArguments(args), terminal);
  } catch (error) {
    return printFailure(error, terminal.stderr);
  }
}

/** Prints an error as one line. @returns the exit code for it */
export function printFailure(error: unknown, stderr: NodeJS.WriteStream): number {
  const [text, code] = explain(error);
  stderr.write(`${coloursFor(stderr).red('ghosttree:')} ${text}\n`);
  return code;
}

async function answer(
  args: TerminalArguments,
  { stdout, stderr, once, off }: TerminalProcess,
): Promise<number> {
  if (args.version) {
    stdout.write(`${version()}\n`);
    return DONE;
  }
  const [first = 'help', ...words] = args.help ? ['help', ...args.words.slice(0, 1)] : args.words;
  const name = typeof first === 'string' ? first : first.text;
  const command = findCommand(
    name,
    PROGRAMS.map((program) => program.name),
  );
  const request = toRequest(words);
  const out = args.out === undefined ? undefined : readOut(args.out, stdout);
  if (out?.path === '-' && args.json)
    throw new InputError('Standard output takes one of both: leave --json out, or name a file with --out.');

  const configuration = readConfiguration();
  const core = createCore(coreSettings(configuration.settings));
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  const progress = new Progress(stderr);
  once.call(process, 'SIGINT', onInterrupt);
  once.call(process, 'SIGTERM', onInterrupt);
  try {
    const jobs = new LocalJobs(core, jobLimits(configuration.settings));
    const evidence = createEvidence(neuronpediaSettings((message) => stderr.write(`${message}\n`)));
    const explainer = createExplainer(configuration.settings.explain);
    const context = { configuration, jobs, evidence, explainer, programs: PROGRAMS, typed: shellLine };
    const plan = command.plan(request, { ...context, byOperator: true });
    // Answers that take no work have no pictures.
    if (out?.format === 'picture' && plan.scope === 'private')
      throw new InputError('This command draws no picture: leave --out out, or name a .txt or .json file.');
    const wantsPicture = out ? out.format === 'picture' : !args.json;
    const reply = await plan.run({
      signal: cancel.signal,
      // Standard error has the text then, and the bar would be in it.
      onProgress: out?.path === '-' ? () => {} : (state) => progress.update(state),
      pictures: wantsPicture,
    });
    progress.clear();
    const shown = plan.scope === 'private' ? { ...reply, text: withRunnableCommands(reply.text) } : reply;
    const isWritten = await show(shown, args.json, out, { stdout, stderr });
    if (plan.scope === 'public' && !args.json)
      (out?.path === '-' ? stderr : stdout).write(`Repeat: ${shellLine(plan.line)}\n`);
    return isWritten ? DONE : FAILED;
  } finally {
    progress.clear();
    off.call(process, 'SIGINT', onInterrupt);
    off.call(process, 'SIGTERM', onInterrupt);
    await core.close();
  }
}

/**
 * Prints a reply, the report with --json and else the text, and then writes what goes into a file: an answer that is
 * there is told, whatever becomes of the file.
 *
 * @returns false when a file that was asked for could not be written
 */
async function show(
  reply: Reply,
  json: boolean,
  out: Out | undefined,
  { stdout, stderr }: Pick<TerminalProcess, 'stdout' | 'stderr'>,
): Promise<boolean> {
  const text = out?.path === '-' ? stderr : stdout;
  const report = reply.files.find(({ type }) => type === 'application/json');
  if (json && !report) throw new InputError('This command has no report: leave --json out.');
  const { bold } = coloursFor(text);
  text.write(json ? `${JSON.stringify(report!.content, null, 2)}\n` : replyText(reply, text));
  const [picture] = reply.pictures;
  if (out === undefined && (json || !picture)) return true;
  try {
    if (out?.path === '-') {
      await printed(stdout, contentOf(reply, 'picture'));
      return true;
    }
    const file = fileFor(out, picture?.name ?? '');
    await writeWhole(file, contentOf(reply, out?.format ?? 'picture'));
    const what = { picture: 'Picture', report: 'Report', text: 'Text' }[out?.format ?? 'picture'];
    if (!json) text.write(`\n${what}: ${bold(readable(file))}\n`);
    return true;
  } catch (error) {
    printFailure(error, stderr);
    // Nobody asked for the picture of an answer without --out.
    return out === undefined;
  }
}

/** What is written into a file. @throws {InputError} when the answer has none */
function contentOf(reply: Reply, format: OutFormat): Buffer | string {
  if (format === 'text') return replyText(reply, { isTTY: false });
  const [content] = format === 'picture' ? reply.pictures : reply.files;
  if (!content)
    throw new InputError(
      format === 'picture'
        ? 'No picture was written: this answer has nothing to draw.'
        : 'No report was written: this answer has none.',
    );
  return 'png' in content ? content.png : `${JSON.stringify(content.content, null, 2)}\n`;
}

/** The title, the text and the token list, for a stream of that width. */
function replyText(reply: Reply, stream: Parameters<typeof columnsOf>[0]): string {
  const { bold, dim } = coloursFor(stream);
  const lines = [bold(reply.title), ''];
  if (reply.text) lines.push(reply.text);
  if (reply.link) lines.push('', `${reply.link.label}: ${reply.link.url}`);
  if (reply.tokens.length > 0) {
    const cells = reply.tokens.map(
      ({ rank, text, score, context }) =>
        `${dim(String(rank).padStart(3))} ${context ?? text} ${dim(score.toFixed(3))}`,
    );
    const order =
      reply.ranking === 'activation'
        ? 'most active first, where they fire best; * put there'
        : 'nearest first, with score';
    lines.push('', `${bold('Token list')} ${dim(`(${order})`)}`, inColumns(cells, columnsOf(stream)));
  }
  return `${lines.join('\n')}\n`;
}

/** Waits until a pipe has taken it all: the program ends right after. */
function printed(stream: NodeJS.WriteStream, content: Buffer | string): Promise<void> {
  return new Promise((resolve) => stream.write(content, () => resolve()));
}

function explain(error: unknown): [text: string, code: number] {
  if (error instanceof OperatorError) return [withRunnableCommands(error.toOperator), BAD_INPUT];
  if (error instanceof InputError) return [withRunnableCommands(error.message), BAD_INPUT];
  if (error instanceof CancelledError) return [error.message, FAILED];
  const text = error instanceof Error ? error.message : String(error);
  return [process.env.GHOSTTREE_DEBUG && error instanceof Error ? (error.stack ?? text) : text, FAILED];
}
