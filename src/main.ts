#!/usr/bin/env node
/**
 * The program. The first word says what runs: a program of `programs/index.ts`, such as `serve`, or else a command for
 * the terminal. Only the code that it needs is loaded.
 */
import { printFailure } from './adapters/terminal/failure.js';
import { runTerminal } from './adapters/terminal/terminal.js';
import { loadEnvironmentFile } from './configuration/environment.js';
import { findProgram, PROGRAMS } from './programs/index.js';

// A reader that closes the pipe early (`ghosttree ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

loadEnvironmentFile();
const words = process.argv.slice(2);
const [name, ...rest] = words;
const program = findProgram(name);
const asksForHelp = program && (rest.includes('--help') || rest.includes('-h'));
if (program && !asksForHelp) {
  try {
    const run = await program.load();
    await run(rest, PROGRAMS);
  } catch (error) {
    process.exitCode = await printFailure(error, process.stderr, PROGRAMS);
  }
} else {
  process.exitCode = await runTerminal(asksForHelp ? [program.name, '--help'] : words, process, PROGRAMS);
}
