import type { HelpTopic } from '../../commands/line/command.js';
import { DTYPE, LAYERS, SHELLS, SINCE } from './options.js';

/** Runs a program with the words after its name. @throws {InputError} what the person who typed them can mend */
export type Run = (words: string[], programs: readonly HelpTopic[]) => Promise<void>;

/** What ghosttree does besides answering commands. */
export interface Program extends HelpTopic {
  /** Loads the code that it needs, which is not loaded before. */
  load(): Promise<Run>;
}

/** All of them, in the order of the help text. A new program is one new file and an entry here. */
export const PROGRAMS: readonly Program[] = [
  {
    name: 'serve',
    summary: 'connect Slack and Discord (tokens: see .env.example)',
    usage: 'serve',
    about: 'Runs until SIGTERM or Ctrl-C. Set up: docs/slack.md, docs/discord.md, docs/operating.md.',
    examples: ['serve'],
    options: [],
    load: async () => (await import('./serve.js')).runService,
  },
  {
    name: 'worker',
    summary: 'answer questions of other processes (QUEUE_URL): worker model=gemma-2b',
    usage: 'worker [model=...] [model=...]',
    about:
      'Needs QUEUE_URL, the Redis server of the queue; runs until SIGTERM or Ctrl-C. More: docs/scaling.md.',
    examples: ['worker', 'worker model=gemma-2b model=gpt2-small'],
    options: [{ name: 'model', range: 'models of the catalogue', meaning: 'which ones; all that are here' }],
    async load() {
      const { runWorker } = await import('./worker.js');
      return (words) => runWorker(words);
    },
  },
  {
    name: 'doctor',
    summary: 'look at tokens, permissions, disk, memory, fonts and models, and say what to mend',
    usage: 'doctor',
    about: 'Changes nothing. Exits with 1 when something is wrong.',
    examples: ['doctor'],
    options: [],
    load: async () => (await import('./doctor.js')).runDoctor,
  },
  {
    name: 'audit',
    summary: 'print who changed schedules and settings: audit since=2026-11-01',
    usage: 'audit [since=...]',
    about: 'Prints a line for each change, oldest first.',
    examples: ['audit', 'audit since=2026-11-01'],
    options: [SINCE],
    load: async () => (await import('./audit.js')).printAudit,
  },
  {
    name: 'discord-invite',
    summary: 'print the link that adds the bot to a Discord server',
    usage: 'discord-invite',
    about: 'Needs DISCORD_TOKEN; docs/discord.md tells where to get it.',
    examples: ['discord-invite'],
    options: [],
    load: async () => (await import('./discordInvite.js')).printInvite,
  },
  {
    name: 'new-key',
    summary: 'print a key for STORE_KEY, which encrypts the tokens of Slack workspaces',
    usage: 'new-key',
    about: 'Every call prints another key. How to change keys: docs/operating.md.',
    examples: ['new-key'],
    options: [],
    load: async () => (await import('./newKey.js')).printKey,
  },
  {
    name: 'pull',
    summary: 'get a model, or more of its layers: pull gemma-2b layers=0,10',
    usage: 'pull <model> [layers=...] [dtype=...]',
    about: 'A pull that was interrupted goes on where it ended. Licences and HF_TOKEN: docs/models.md.',
    examples: ['pull gemma-2b', 'pull gemma-2b layers=0,10', 'pull gemma-2b dtype=q8'],
    options: [LAYERS, DTYPE],
    load: async () => (await import('./pull.js')).runPull,
  },
  {
    name: 'saes',
    summary: 'search the registry of published SAEs, and say how to ask one: saes gemma-3-270m res 16k',
    usage: 'saes [words]',
    about:
      'Every word is a part of release, id, model, repository or name at Neuronpedia. `saes coverage` prints docs/coverage.md.',
    examples: ['saes', 'saes gemma-3-270m res 16k', 'saes gpt2-small-res-jb blocks.8.hook_resid_pre'],
    options: [],
    async load() {
      const { printSaes } = await import('./saes.js');
      return (words) => printSaes(words);
    },
  },
  {
    name: 'remove',
    summary: 'take a pulled model, or some of its layers, from the disk',
    usage: 'remove <model> [layers=...]',
    about: '`ghosttree pull` gets it again.',
    examples: ['remove gemma-2b', 'remove gemma-2b layers=0,10'],
    options: [LAYERS],
    load: async () => (await import('./remove.js')).runRemove,
  },
  {
    name: 'calibrate',
    summary: 'find where the features of a model speak truly: calibrate gemma-2b layers=10',
    usage: 'calibrate <model> [layers=...]',
    about:
      'Needs examples of where its features fire; takes some ten minutes for each layer, and keeps a small file beside the model.',
    examples: ['calibrate smollm2-135m-instruct layers=10'],
    options: [LAYERS],
    load: async () => (await import('./calibrate.js')).runCalibrate,
  },
  {
    name: 'record',
    summary: 'measure how far the labels of the features of a model hold: record gemma-2b layers=10',
    usage: 'record <model> [layers=...]',
    about:
      'Needs examples of where its features fire; takes some minutes for each layer, and keeps a small file beside the model.',
    examples: ['record smollm2-135m-instruct layers=10'],
    options: [LAYERS],
    load: async () => (await import('./record.js')).runRecord,
  },
  {
    name: 'backup',
    summary: 'copy the store of threads and settings, also while serving',
    usage: 'backup [file]',
    about: 'Without a file the copy lies beside the store. How to restore it: docs/operating.md.',
    examples: ['backup', 'backup /backups/ghosttree.sqlite'],
    options: [],
    load: async () => (await import('./backup.js')).runBackup,
  },
  {
    name: 'completion',
    summary: 'print a script that lets bash, zsh or fish complete what you type',
    usage: `completion <${SHELLS.join('|')}>`,
    about:
      'bash: source <(ghosttree completion bash) in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit;\nfish: ghosttree completion fish > ~/.config/fish/completions/ghosttree.fish',
    examples: SHELLS.map((shell) => `completion ${shell}`),
    options: [],
    load: async () => (await import('./completion.js')).printCompletion,
  },
];

/** The program of that name, if there is one. */
export function findProgram(name: string | undefined): Program | undefined {
  return PROGRAMS.find((program) => program.name === name);
}
