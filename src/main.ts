#!/usr/bin/env node
/** What a command line starts. */
import { run } from './run.js';

// A reader that closes the pipe early (`ghosttree ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await run(process.argv.slice(2));
