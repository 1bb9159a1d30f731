#!/usr/bin/env node
import { runTerminal } from './terminal.js';

// A reader that has seen enough (`ghosttree ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runTerminal(process.argv.slice(2), process);
