import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { listCommands } from '../../../commands/index.js';
import type { HelpTopic } from '../../../commands/line/command.js';
import { splitWords } from '../../../commands/line/grammar.js';
import { readShell, type ShellVariables } from '../../configuration/environment.js';

/** The parts of a process that tell how it was called. */
export type Called = Pick<NodeJS.Process, 'argv' | 'execArgv' | 'execPath' | 'cwd'>;

/**
 * How the program is called from the shell and folder in which this process was: `npx ghosttree` where npx ran it,
 * `ghosttree` where that is found, else node with the path of the program.
 */
export function programName(
  { argv, execArgv, execPath, cwd }: Called = process,
  { path: folders, npx }: ShellVariables = readShell(),
): string {
  // What npx sets reaches programs that were started from there, too.
  if (/^['"]?ghosttree['"]?(\s|$)/.test(npx ?? '')) return 'npx ghosttree';
  const program = realPath(argv[1] ?? '');
  if (execArgv.length === 0 && executable('ghosttree', folders) === program) return 'ghosttree';
  const node = executable('node', folders) === realPath(execPath) ? 'node' : execPath;
  const path = relative(cwd(), program);
  return [node, ...execArgv, path.startsWith('..') ? program : path].map(shellWord).join(' ');
}

/**
 * A command line, written for the shell. What stands in quotes comes last, behind `--`: a shell takes quotes away, and
 * texts would be taken for options or addresses.
 *
 * @param line as a plan repeats it
 */
export function shellLine(line: string, program = programName()): string {
  const words = splitWords(line);
  const quotedTexts = words.filter(({ quoted }) => quoted).map(({ text }) => shellWord(text));
  const unquoted = words.filter(({ quoted }) => !quoted).map(({ text }) => shellWord(text));
  return [program, ...unquoted, ...(quotedTexts.length > 0 ? ['--', ...quotedTexts] : [])].join(' ');
}

/**
 * A text in which `ghosttree pull ...` and the like are written as they run here.
 *
 * @param programs what can be typed besides commands
 */
export function withRunnableCommands(
  text: string,
  programs: readonly Pick<HelpTopic, 'name'>[],
  program = programName(),
): string {
  const names = [...listCommands(), ...programs].map(({ name }) => name).join('|');
  return text.replaceAll(new RegExp(`\\bghosttree (?=(?:${names})\\b)`, 'g'), () => `${program} `);
}

/** A word that any shell reads as it is. What cannot be seen is written by `printf`, so that a line stays a line. */
export function shellWord(word: string): string {
  if (/^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (!/\p{C}|[\u2028\u2029]/u.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = [...word].map((character) => {
    if (character === '%') return '%%';
    if (character === '\n') return '\\n';
    if (!/[\p{C}\u2028\u2029'\\]/u.test(character)) return character;
    return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `"$(printf '${escaped.join('')}')"`;
}

function executable(name: string, folders: string): string | undefined {
  for (const folder of folders.split(delimiter)) {
    try {
      const file = join(folder, name);
      accessSync(file, constants.X_OK);
      return realPath(file);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
