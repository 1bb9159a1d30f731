import { pictureSvg, readable } from '../../../commands/index.js';
import type { HelpTopic, Reply } from '../../../commands/line/command.js';
import { InputError } from '../../core/index.js';
import { coloursFor } from './colours.js';
import { inColumns } from './columns.js';
import { printFailure } from './failure.js';
import { fileFor, isPicture, isPlainFile, type Out, type OutFormat, writeOut } from './output.js';
import type { TerminalProcess } from './process.js';
import { columnsOf } from './width.js';

/** The parts of an answer that are printed and written. */
export interface Wanted {
  /** Whether the report is printed in place of the text. */
  json: boolean;
  /** Whether what tells how the answer was made is printed, too. */
  details: boolean;
  /** The file that was asked for. */
  out: Out | undefined;
}

/**
 * Prints a reply, the report with --json and else the text, and then writes what goes into a file, so that the answer
 * is printed even when the file cannot be written.
 *
 * @returns false when a file that was asked for could not be written
 */
export async function show(
  reply: Reply,
  { json, details, out }: Wanted,
  { stdout, stderr }: Pick<TerminalProcess, 'stdout' | 'stderr'>,
  programs: readonly HelpTopic[],
): Promise<boolean> {
  const text = out?.path === '-' ? stderr : stdout;
  const report = reply.files.find(({ type }) => type === 'application/json');
  if (json && !report) throw new InputError('This command has no report: leave --json out.');
  const { bold } = coloursFor(text);
  text.write(json ? `${JSON.stringify(report!.content, null, 2)}\n` : replyText(reply, text, details));
  const [picture] = reply.pictures;
  if (out === undefined && (json || !picture)) return true;
  try {
    if (out?.path === '-') {
      await printed(stdout, await contentOf(reply, 'picture', details));
      return true;
    }
    const format = out?.format ?? 'picture';
    const file = fileFor(out, picture?.name ?? '');
    await writeOut(file, await contentOf(reply, format, details));
    if (!json) text.write(`\n${NAMES[format]}: ${bold(readable(file))}\n`);
    // A device takes one picture.
    if (!isPicture(format) || !isPlainFile(file)) return true;
    for (const [index, further] of reply.pictures.entries()) {
      if (index === 0) continue;
      const beside = besides(file, further.name.slice(stemOf(picture!.name).length, -'.png'.length));
      await writeOut(beside, await contentOf(reply, format, details, index));
      if (!json) text.write(`${NAMES[format]}: ${bold(readable(beside))}\n`);
    }
    return true;
  } catch (error) {
    await printFailure(error, stderr, programs);
    // Nobody asked for the picture of an answer without --out.
    return out === undefined;
  }
}

/** What is written into a file. @throws {InputError} when the answer has none */
async function contentOf(
  reply: Reply,
  format: OutFormat,
  details: boolean,
  index = 0,
): Promise<Buffer | string> {
  if (format === 'text') return replyText(reply, { isTTY: false }, details);
  const content = isPicture(format) ? reply.pictures[index] : reply.files[0];
  if (!content)
    throw new InputError(
      isPicture(format)
        ? 'No picture was written: this answer has nothing to draw.'
        : 'No report was written: this answer has none.',
    );
  if (!('png' in content)) return `${JSON.stringify(content.content, null, 2)}\n`;
  const { png, scene } = content;
  if (format === 'picture') return png;
  const drawing = format === 'svg' ? await pictureSvg(content) : scene && `${JSON.stringify(scene)}\n`;
  if (drawing === undefined)
    throw new InputError('This picture is there as .png only: name such a file with --out.');
  return drawing;
}

const NAMES: Readonly<Record<OutFormat, string>> = {
  picture: 'Picture',
  svg: 'Picture',
  scene: 'Scene',
  report: 'Report',
  text: 'Text',
};

/** A name without its ending. */
function stemOf(name: string): string {
  return name.replace(/(\.scene)?\.\w+$/, '');
}

/** A file beside another one, of the same format: `tree.svg` and `-tree` make `tree-tree.svg`. */
function besides(file: string, part: string): string {
  const stem = stemOf(file);
  return `${stem}${part}${file.slice(stem.length)}`;
}

/** The title, the text, the token list and perhaps the details, for a stream of that width. */
function replyText(reply: Reply, stream: Parameters<typeof columnsOf>[0], details: boolean): string {
  const { bold, dim } = coloursFor(stream);
  const lines = [bold(reply.title), ''];
  const text = reply.long ?? reply.text;
  if (text) lines.push(text);
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
  const about = details && reply.asides?.details;
  if (about) lines.push('', bold('Details'), dim(about.text));
  return `${lines.join('\n')}\n`;
}

/** Waits until a pipe has taken it all: the program ends right after. */
function printed(stream: NodeJS.WriteStream, content: Buffer | string): Promise<void> {
  return new Promise((resolve) => stream.write(content, () => resolve()));
}
