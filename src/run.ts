/**
 * The program. The first word says what runs: a program of `programs/index.ts`, such as `serve`, or else a command for
 * the terminal. Only the code that it needs is loaded.
 */
import { printFailure } from './adapters/terminal/failure.js';
import type { TerminalProcess } from './adapters/terminal/process.js';
import { runTerminal } from './adapters/terminal/terminal.js';
import { loadEnvironmentFile } from './configuration/environment.js';
import { findProgram, PROGRAMS } from './programs/index.js';

/**
 * Runs the program to its end, except for what goes on until a signal, and sets the exit code of the process.
 *
 * @param words of the command line, after the name of the program
 * @param terminal where commands print, how they are interrupted, and who computes for them
 */
export async function run(words: readonly string[], terminal: TerminalProcess = process): Promise<void> {
  loadEnvironmentFile();
  const [name, ...rest] = words;
  const program = findProgram(name);
  const asksForHelp = program && (rest.includes('--help') || rest.includes('-h'));
  if (!program || asksForHelp) {
    process.exitCode = await runTerminal(asksForHelp ? [program.name, '--help'] : words, terminal, PROGRAMS);
    return;
  }
  try {
    const start = await program.load();
    await start(rest, PROGRAMS);
  } catch (error) {
    process.exitCode = await printFailure(error, terminal.stderr, PROGRAMS);
  }
}
