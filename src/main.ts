#!/usr/bin/env node
/** The program: `ghosttree serve` connects the chats, everything else is a command for the terminal. */
import { config as loadDotenv } from 'dotenv';
import { printFailure, runTerminal } from './adapters/terminal/terminal.js';

// A reader that has seen enough (`ghosttree ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const [name, ...rest] = process.argv.slice(2);
if (name === 'serve' || name === 'discord-invite') {
  loadDotenv({ quiet: true });
  try {
    const programs = await import('./programs.js');
    await (name === 'serve' ? programs.runService(rest) : programs.printInvite(rest));
  } catch (error) {
    process.exitCode = printFailure(error, process.stderr);
  }
} else {
  process.exitCode = await runTerminal(
    [name, ...rest].filter((word) => word !== undefined),
    process,
  );
}
