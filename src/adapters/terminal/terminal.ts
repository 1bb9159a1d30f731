import { accessSync, constants, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findCommand, readable } from '../../../commands/index.js';
import type { Reply } from '../../../commands/line/command.js';
import { toRequest } from '../../../commands/line/grammar.js';
import { coreSettings, jobLimits, readConfiguration } from '../../configuration/index.js';
import { CancelledError, createCore, InputError } from '../../core/index.js';
import { createEvidence, neuronpediaSettings } from '../../evidence/index.js';
import { createExplainer } from '../../explanation/index.js';
import { LocalJobs } from '../../jobs/local/localJobs.js';
import { parseArguments, type TerminalArguments } from './arguments.js';
import { coloursFor } from './colours.js';
import { inColumns } from './columns.js';
import { Progress } from './progress.js';
import { version } from './version.js';

/** Exit codes of the program. */
const DONE = 0;
const FAILED = 1;
const BAD_INPUT = 2;

/** What the program does besides answering commands; `main.ts` runs it. */
const PROGRAMS = {
  serve: 'connect Slack and Discord (tokens: see .env.example)',
  worker: 'answer questions of other processes (QUEUE_URL): worker model=gemma-2b',
  doctor: 'look at tokens, permissions, disk, memory, fonts and models, and say what to mend',
  audit: 'print who changed schedules and settings: audit since=2026-11-01',
  'discord-invite': 'print the link that adds the bot to a Discord server',
  'new-key': 'print a key for STORE_KEY, which encrypts the tokens of Slack workspaces',
  pull: 'get a model, or more of its layers: pull gemma-2b layers=0,10',
  remove: 'take a pulled model, or some of its layers, from the disk',
  backup: 'copy the store of threads and settings, also while serving',
};

/** The streams and events of the process that the adapter uses. */
export type TerminalProcess = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'once' | 'off'>;

/**
 * Runs one command line and prints its reply.
 *
 * @returns exit code: 0 done, 1 failure, 2 bad input
 */
export async function runTerminal(args: readonly string[], terminal: TerminalProcess): Promise<number> {
  try {
    await answer(parseArguments(args), terminal);
    return DONE;
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
): Promise<void> {
  if (args.version) {
    stdout.write(`${version()}\n`);
    return;
  }
  const [name = 'help', ...words] = args.help ? ['help', ...args.words.slice(0, 1)] : args.words;
  const command = findCommand(name, Object.keys(PROGRAMS));
  const request = toRequest(words);
  if (args.out !== undefined) checkWritable(args.out);

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
    const plan = command.plan(request, { configuration, jobs, evidence, explainer });
    const reply = await plan.run({
      signal: cancel.signal,
      onProgress: (state) => progress.update(state),
      pictures: !args.json || args.out !== undefined,
    });
    progress.clear();
    await show(reply, args, stdout);
    if (plan.scope === 'public' && !args.json) stdout.write(`Repeat: ghosttree ${readable(plan.line)}\n`);
    if (command.name === 'help' && words.length === 0) stdout.write(programsHelp());
  } finally {
    progress.clear();
    off.call(process, 'SIGINT', onInterrupt);
    off.call(process, 'SIGTERM', onInterrupt);
    await core.close();
  }
}

/** Prints a reply: the report only with --json, else text, pictures written to files, and the token list. */
async function show(
  reply: Reply,
  { json, out }: TerminalArguments,
  stdout: NodeJS.WriteStream,
): Promise<void> {
  const [picture] = reply.pictures;
  const report = reply.files.find(({ type }) => type === 'application/json');
  if (json && !report) throw new InputError('This command has no report: leave --json out.');
  if (out !== undefined && !picture) throw new InputError('This command draws no picture: leave --out out.');
  let written = '';
  if (picture && (out !== undefined || !json)) {
    written = fileFor(out, picture.name);
    await writePicture(written, picture.png);
  }
  if (json) {
    stdout.write(`${JSON.stringify(report!.content, null, 2)}\n`);
    return;
  }
  const { bold, dim } = coloursFor(stdout);
  stdout.write(`${bold(reply.title)}\n`);
  if (reply.text) stdout.write(`\n${reply.text}\n`);
  if (reply.link) stdout.write(`\n${reply.link.label}: ${reply.link.url}\n`);
  if (reply.tokens.length > 0) {
    const cells = reply.tokens.map(
      ({ rank, text, score, context }) =>
        `${dim(String(rank).padStart(3))} ${context ?? text} ${dim(score.toFixed(3))}`,
    );
    const order =
      reply.ranking === 'activation'
        ? 'most active first, where they fire best; * put there'
        : 'nearest first, with score';
    stdout.write(
      `\n${bold('Token list')} ${dim(`(${order})`)}\n${inColumns(cells, stdout.columns ?? 100)}\n`,
    );
  }
  if (written) stdout.write(`\nPicture: ${bold(written)}\n`);
}

function programsHelp(): string {
  const lines = Object.entries(PROGRAMS).map(([name, summary]) => `  ${name.padEnd(14)}  ${summary}`);
  return `\nIn a terminal also:\n${lines.join('\n')}\n`;
}

function fileFor(out: string | undefined, name: string): string {
  if (out === undefined) return name;
  return isFolder(out) ? join(out, name) : out;
}

async function writePicture(file: string, png: Buffer): Promise<void> {
  try {
    await writeFile(file, png);
  } catch (error) {
    throw notWritable(file, error);
  }
}

/** Finds out before the work is done whether its result could be kept. */
function checkWritable(out: string): void {
  try {
    accessSync(isFolder(out) ? out : dirname(out), constants.W_OK);
  } catch (error) {
    throw notWritable(out, error);
  }
}

function notWritable(file: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === 'ENOENT'
      ? 'its folder does not exist'
      : code === 'ENOSPC'
        ? 'the disk is full'
        : `no permission (${code})`;
  return new InputError(
    `${basename(file)} cannot be written (${why}): name another file with --out. [${file}]`,
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function explain(error: unknown): [text: string, code: number] {
  if (error instanceof InputError) return [error.message, BAD_INPUT];
  if (error instanceof CancelledError) return [error.message, FAILED];
  const text = error instanceof Error ? error.message : String(error);
  return [process.env.GHOSTTREE_DEBUG && error instanceof Error ? (error.stack ?? text) : text, FAILED];
}
