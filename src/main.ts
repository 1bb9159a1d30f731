#!/usr/bin/env node
/**
 * The program: `ghosttree serve` connects the chats, `worker` answers their questions on another machine, `pull` and
 * `remove` look after models, `backup` after the store, everything else is a command for the terminal.
 */
import { config as loadDotenv } from 'dotenv';
import type { ProgramName } from './adapters/terminal/programs.js';
import { printFailure, runTerminal } from './adapters/terminal/terminal.js';

// A reader that has seen enough (`ghosttree ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** What the program does besides answering commands. */
const PROGRAMS: Record<ProgramName, () => Promise<(words: string[]) => Promise<void>>> = {
  serve: async () => (await import('./programs/index.js')).runService,
  worker: async () => (await import('./programs/worker.js')).runWorker,
  doctor: async () => (await import('./programs/operator.js')).runDoctor,
  audit: async () => (await import('./programs/operator.js')).printAudit,
  'discord-invite': async () => (await import('./programs/index.js')).printInvite,
  'new-key': async () => (await import('./programs/index.js')).printKey,
  pull: async () => (await import('./programs/models.js')).runPull,
  remove: async () => (await import('./programs/models.js')).runRemove,
  backup: async () => (await import('./programs/store.js')).runBackup,
  completion: async () => (await import('./adapters/terminal/completion.js')).printCompletion,
};

loadDotenv({ quiet: true });
const [name = '', ...rest] = process.argv.slice(2);
const asksForHelp = isProgram(name) && (rest.includes('--help') || rest.includes('-h'));
if (isProgram(name) && !asksForHelp) {
  try {
    const run = await PROGRAMS[name]();
    await run(rest);
  } catch (error) {
    process.exitCode = printFailure(error, process.stderr);
  }
} else {
  process.exitCode = await runTerminal(asksForHelp ? [name, '--help'] : process.argv.slice(2), process);
}

function isProgram(word: string): word is ProgramName {
  return Object.hasOwn(PROGRAMS, word);
}
