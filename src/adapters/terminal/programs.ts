import type { HelpTopic } from '../../../commands/line/command.js';
import { ruledOption, textOption } from '../../../commands/line/options.js';
import { WEIGHT_TYPES } from '../../core/index.js';

export const LAYERS = textOption('layers', 'which SAEs', 'layers, as in layers=0,6,10, or all', (text) =>
  /^(all|\d{1,4}(\s*,\s*\d{1,4})*)$/i.test(text),
);
export const DTYPE = ruledOption('dtype', 'what the weights are held in', {
  kind: 'choice',
  choices: WEIGHT_TYPES,
});
export const SINCE = textOption(
  'since',
  'from when on',
  'a day, as 2026-11-01',
  (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
);
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What the program does in a terminal besides answering commands; `main.ts` runs it. */
export const PROGRAMS = [
  {
    name: 'serve',
    summary: 'connect Slack and Discord (tokens: see .env.example)',
    usage: 'serve',
    about: 'Runs until SIGTERM or Ctrl-C. Set up: docs/slack.md, docs/discord.md, docs/operating.md.',
    examples: ['serve'],
    options: [],
  },
  {
    name: 'worker',
    summary: 'answer questions of other processes (QUEUE_URL): worker model=gemma-2b',
    usage: 'worker [model=...] [model=...]',
    about:
      'Needs QUEUE_URL, the Redis server of the queue; runs until SIGTERM or Ctrl-C. More: docs/scaling.md.',
    examples: ['worker', 'worker model=gemma-2b model=gpt2-small'],
    options: [{ name: 'model', range: 'models of the catalogue', meaning: 'which ones; all that are here' }],
  },
  {
    name: 'doctor',
    summary: 'look at tokens, permissions, disk, memory, fonts and models, and say what to mend',
    usage: 'doctor',
    about: 'Changes nothing. Exits with 1 when something is wrong.',
    examples: ['doctor'],
    options: [],
  },
  {
    name: 'audit',
    summary: 'print who changed schedules and settings: audit since=2026-11-01',
    usage: 'audit [since=...]',
    about: 'Prints a line for each change, oldest first.',
    examples: ['audit', 'audit since=2026-11-01'],
    options: [SINCE],
  },
  {
    name: 'discord-invite',
    summary: 'print the link that adds the bot to a Discord server',
    usage: 'discord-invite',
    about: 'Needs DISCORD_TOKEN; docs/discord.md tells where to get it.',
    examples: ['discord-invite'],
    options: [],
  },
  {
    name: 'new-key',
    summary: 'print a key for STORE_KEY, which encrypts the tokens of Slack workspaces',
    usage: 'new-key',
    about: 'Every call prints another key. How to change keys: docs/operating.md.',
    examples: ['new-key'],
    options: [],
  },
  {
    name: 'pull',
    summary: 'get a model, or more of its layers: pull gemma-2b layers=0,10',
    usage: 'pull <model> [layers=...] [dtype=...]',
    about: 'A pull that was interrupted goes on where it ended. Licences and HF_TOKEN: docs/models.md.',
    examples: ['pull gemma-2b', 'pull gemma-2b layers=0,10', 'pull gemma-2b dtype=q8'],
    options: [LAYERS, DTYPE],
  },
  {
    name: 'remove',
    summary: 'take a pulled model, or some of its layers, from the disk',
    usage: 'remove <model> [layers=...]',
    about: '`ghosttree pull` gets it again.',
    examples: ['remove gemma-2b', 'remove gemma-2b layers=0,10'],
    options: [LAYERS],
  },
  {
    name: 'backup',
    summary: 'copy the store of threads and settings, also while serving',
    usage: 'backup [file]',
    about: 'Without a file the copy lies beside the store. How to restore it: docs/operating.md.',
    examples: ['backup', 'backup /backups/ghosttree.sqlite'],
    options: [],
  },
  {
    name: 'completion',
    summary: 'print a script that lets bash, zsh or fish complete what you type',
    usage: `completion <${SHELLS.join('|')}>`,
    about:
      'bash: source <(ghosttree completion bash) in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit;\nfish: ghosttree completion fish > ~/.config/fish/completions/ghosttree.fish',
    examples: SHELLS.map((shell) => `completion ${shell}`),
    options: [],
  },
] as const satisfies HelpTopic[];

export type ProgramName = (typeof PROGRAMS)[number]['name'];
