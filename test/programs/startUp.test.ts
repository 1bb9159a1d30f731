import { expect, test } from 'vitest';
import { loadedBy } from '../support/loadedFiles.js';

/** More files than this are no quick start. */
const MOST_FOR_VERSION = 40;
const MOST_FOR_HELP = 80;

/** Small ones: they read `.env` and mistyped words, and colour an error. */
const FOR_EVERY_START = ['dotenv', 'fastest-levenshtein', 'picocolors'];
/** How wide a text is. */
const FOR_TEXT = ['ansi-regex', 'emoji-regex', 'get-east-asian-width', 'string-width', 'strip-ansi'];
/** What the operator's files are read and checked with. */
const FOR_CONFIGURATION = ['yaml', 'zod'];
/** Answers are kept, and pictures take turns. */
const FOR_JOBS = ['clone', 'eventemitter3', 'node-cache', 'p-queue', 'p-timeout'];

/** Where databases, queues, chats, models and pictures live; nothing of them belongs to a list of commands. */
const HEAVY = [
  'renderers/',
  'src/adapters/chat/',
  'src/adapters/clock/',
  'src/adapters/discord/',
  'src/adapters/slack/',
  'src/core/features/',
  'src/core/runtime/opened/',
  'src/core/runtime/process/',
  'src/core/weights/derived/',
  'src/core/weights/graph/',
  'src/core/weights/sae/',
  'src/evidence/',
  'src/explanation/',
  'src/hub/',
  'src/jobs/',
  'src/operations/',
  'src/store/',
];

test.each([['--version'], ['-v']])('%s loads a handful of files', async (...args) => {
  const { own, packages } = await loadedBy(args);
  expect(packages.filter((name) => !FOR_EVERY_START.includes(name))).toEqual([]);
  expect(heavy(own)).toEqual([]);
  expect(own.filter((file) => file.startsWith('commands/') && !file.startsWith('commands/line/'))).toEqual(
    [],
  );
  expect(own.slice(MOST_FOR_VERSION)).toEqual([]);
  expect(own).toContain('src/files/version.js');
});

test.each([['help'], [], ['--help']])(
  'the list of commands (%s) is there without the configuration',
  async (...args) => {
    const { own, packages } = await loadedBy(args);
    expect(packages.filter((name) => ![...FOR_EVERY_START, ...FOR_TEXT].includes(name))).toEqual([]);
    expect(heavy(own)).toEqual([]);
    expect(own.slice(MOST_FOR_HELP)).toEqual([]);
    expect(own).toContain('commands/help.js');
  },
);

test('a mistyped command is answered without the configuration', async () => {
  const { own, packages } = await loadedBy(['featur', '10', '777']);
  expect(packages.filter((name) => ![...FOR_EVERY_START, ...FOR_TEXT].includes(name))).toEqual([]);
  expect(heavy(own)).toEqual([]);
});

test('a program is loaded only when it runs', async () => {
  const { own } = await loadedBy(['new-key', 'x']);
  expect(own.filter((file) => file.startsWith('src/programs/')).sort()).toEqual([
    'src/programs/index.js',
    'src/programs/newKey.js',
    'src/programs/options.js',
  ]);
});

test('a question to the terminal loads no store, queue, chat or Hub, and leaves models to another process', async () => {
  const { own, packages } = await loadedBy(['kind', '0', '7', '--json']);
  const allowed = [...FOR_EVERY_START, ...FOR_TEXT, ...FOR_CONFIGURATION, ...FOR_JOBS];
  expect(packages.filter((name) => !allowed.includes(name))).toEqual([]);
  const rooms =
    /^src\/(store|jobs\/shared|hub|operations|adapters\/(chat|clock|slack|discord)|core\/weights\/graph)\//;
  expect(own.filter((file) => rooms.test(file))).toEqual([]);
  expect(own).toContain('commands/kind/reply.js');
  expect(own).not.toContain('commands/feature/reply.js');
});

function heavy(files: readonly string[]): string[] {
  return files.filter((file) => HEAVY.some((room) => file.startsWith(room)));
}
