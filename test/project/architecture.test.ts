import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** What the files of a room may import of the project besides the room itself; the longest matching room counts. */
const ROOMS: Record<string, string[]> = {
  // Knows nobody: how tokens, numbers and units read.
  'src/text': [],
  // Knows nobody: a file is whole or not there, and a lock is one process's; for the core and all that keep files.
  'src/files': [],
  // Knows nobody either: what promises and timers need.
  'src/async': [],
  // Inside the core, from plain data up to running models.
  'src/core/report': [],
  'src/core/maths': [],
  'src/core/model': ['src/core/report'],
  'src/core/features': ['src/core/model', 'src/core/maths', 'src/core/report', 'src/async'],
  'src/core/weights': [
    'src/core/features',
    'src/core/model',
    'src/core/maths',
    'src/core/report',
    'src/files',
  ],
  'src/core/runtime': [
    'src/core/weights',
    'src/core/features',
    'src/core/model',
    'src/core/report',
    'src/async',
  ],
  'src/core': ['src/core', 'src/async'],
  // What stands around the core and knows no chat.
  'src/jobs': ['src/core/index', 'src/core/requests', 'src/async', 'src/text'],
  'src/configuration': ['src/files', 'src/core/index', 'src/core/requests', 'src/jobs/index', 'src/text'],
  'src/operations': ['src/core/index', 'src/jobs/index', 'src/configuration', 'src/async', 'src/text'],
  'src/evidence': [
    'src/core/index',
    'src/core/files',
    'src/core/judging',
    'src/configuration',
    'src/jobs/boundedCache',
    'src/async',
    'src/text',
  ],
  'src/explanation': ['src/core/index', 'src/configuration', 'src/jobs/boundedCache', 'src/text'],
  'src/schedule': ['src/core/index', 'src/core/judging', 'src/configuration', 'src/jobs/index'],
  'src/store': ['src/files', 'src/core/index', 'src/schedule/book'],
  'src/hub': [
    'src/files',
    'src/core/index',
    'src/core/prepare',
    'src/configuration',
    'src/async',
    'src/text',
  ],
  // Pictures.
  renderers: ['src/core/report', 'src/explanation/report', 'src/async', 'src/text'],
  // Questions and replies; no chat.
  commands: [
    'renderers',
    'src/core/index',
    'src/core/judging',
    'src/jobs/index',
    'src/evidence/index',
    'src/explanation/index',
    'src/schedule/index',
    'src/schedule/zones',
    'src/configuration',
    'src/store/index',
    'src/text',
  ],
  // Chats and the terminal.
  'src/adapters/chat': [
    'src/async',
    'commands',
    'src/operations/index',
    'src/core/index',
    'src/jobs/index',
    'src/store/index',
    'src/text',
  ],
  'src/adapters/clock': [
    'src/async',
    'src/adapters/chat',
    'commands',
    'src/operations/index',
    'src/core/index',
    'src/explanation/index',
    'src/schedule/index',
    'src/store/index',
  ],
  'src/adapters/slack': [
    'src/async',
    'src/files',
    'src/adapters/chat',
    'commands',
    'src/operations/index',
    'src/core/index',
    'src/jobs/index',
    'src/store/index',
    'src/configuration',
    'src/text',
  ],
  'src/adapters/discord': [
    'src/adapters/chat',
    'commands',
    'src/operations/index',
    'src/core/index',
    'src/jobs/index',
    'src/configuration',
    'src/text',
  ],
  'src/adapters/terminal': [
    'src/files',
    'commands',
    'src/core/index',
    'src/evidence/index',
    'src/explanation/index',
    'src/jobs/index',
    'src/jobs/local',
    'src/configuration',
    'src/hub/index',
    'src/files',
    'src/text',
  ],
  // Look at every room from above.
  'src/operations/doctor': [
    'src/files',
    'src/adapters/slack/index',
    'src/adapters/discord/index',
    'src/core/index',
    'src/core/prepare',
    'src/jobs/shared/index',
    'src/store/index',
    'src/configuration',
    'src/text',
    'renderers/canvas/sample',
  ],
  // The top of the house: puts everything together.
  'src/programs': ['src', 'commands'],
  'src/main': ['src/run'],
  'src/run': ['src/adapters/terminal', 'src/configuration', 'src/programs'],
};

/** Packages that only one room may touch. */
const OWNERS: Record<string, string> = {
  'onnxruntime-node': 'src/core/runtime/session/',
  'onnx-proto': 'src/core/weights/graph/graph.ts',
  '@huggingface/tokenizers': 'src/core/weights/tokenizer.ts',
  '@huggingface/hub': 'src/hub/client.ts',
  canvas: 'renderers/',
  bullmq: 'src/jobs/shared/',
  ioredis: 'src/jobs/shared/',
  'node-cache': 'src/jobs/boundedCache.ts',
  'discord.js': 'src/adapters/discord/',
  kysely: 'src/store/',
  libsql: 'src/store/engine/sqlite.ts',
  pg: 'src/store/engine/postgres.ts',
  '@slack/bolt': 'src/adapters/slack/',
  pino: 'src/operations/log.ts',
  'prom-client': 'src/operations/metrics.ts',
};

/** More files than this nobody reads as a table of contents. */
const MOST_FILES = 20;

const files = ['src', 'commands', 'renderers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

/** The files of the project that each file imports, for their types alone, too. */
const imports = new Map(
  files.map((file) => {
    const names = importsOf(file).filter((name) => name.startsWith('.'));
    const targets = names.map((name) => normalize(relative('.', resolve(dirname(file), name))));
    return [file, targets.map((target) => target.replace(/\.js$/, '.ts'))];
  }),
);

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

test('every file belongs to a room', () => {
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => !roomOf(file))).toEqual([]);
});

test('every import of the project names a file', () => {
  expect([...imports.values()].flat().filter((target) => !imports.has(target))).toEqual([]);
});

test('imports run downwards only', () => {
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const room = roomOf(file)!;
    for (const target of targets) {
      if (![room, ...ROOMS[room]!].some((allowed) => isIn(target, allowed)))
        wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no circle stands between files', () => {
  expect(circles(imports)).toEqual([]);
});

test('no circle stands between folders', () => {
  const folders = new Map<string, string[]>();
  for (const [file, targets] of imports) {
    const folder = dirname(file);
    const others = targets.map((target) => dirname(target)).filter((other) => other !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  expect(circles(folders)).toEqual([]);
});

test(`no folder holds more than ${MOST_FILES} source files of its own`, () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

test('circles are found', () => {
  const arrows = { a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d'], f: ['a', 'f'] };
  expect(circles(new Map(Object.entries(arrows)))).toEqual([
    ['d', 'e'],
    ['a', 'b', 'c'],
  ]);
});

/** Rooms that are one file, or a part of another one. */
const WITHOUT_README = ['src/main', 'src/run', 'src/operations/doctor'];

test.each(Object.keys(ROOMS).filter((room) => !WITHOUT_README.includes(room)))(
  '%s says what is in it, in 5 to 10 lines of at most 160 characters',
  (room) => {
    const lines = readFileSync(join(room, 'README.md'), 'utf8').split('\n').filter(Boolean);
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(10);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
    const named = [...lines.join(' ').matchAll(/`([\w./-]+\.(?:ts|md))`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((file) => !existsSync(join(room, file)) && !existsSync(file))).toEqual([]);
  },
);

test('the house is told on one page that names only what stands', () => {
  const page = readFileSync('docs/architecture.md', 'utf8').split('\n');
  expect(page.filter((line) => line.length > 160)).toEqual([]);
  expect(page.length).toBeLessThanOrEqual(80);
  const named = [...page.join(' ').matchAll(/`((?:src|commands|renderers|test|docs)\/[\w./-]+)`/g)];
  expect(named.length).toBeGreaterThan(20);
  expect(named.map(([, path]) => path!).filter((path) => !existsSync(path))).toEqual([]);
});

test.each(Object.entries(OWNERS))('%s is imported in %s only', (name, owner) => {
  const importers = files.filter((file) =>
    importsOf(file).some((used) => used === name || used.startsWith(`${name}/`)),
  );
  expect(importers.length).toBeGreaterThan(0);
  expect(importers.filter((file) => !file.startsWith(owner))).toEqual([]);
});

test('environment variables are read in one file', () => {
  // What native code reads is set where that is loaded; nobody of ours reads it.
  const setForNativeCode = /process\.env\.\w+ \?\?= /g;
  // `process.env`, `{ env } = process` and the module of the same name.
  const reading = /\bprocess\.env\b|\{[^{}]*\benv\b[^{}]*\}[^=;]*=\s*process\b|\benv\b.*from 'node:process'/;
  const readers = files.filter((file) =>
    reading.test(readFileSync(file, 'utf8').replaceAll(setForNativeCode, '')),
  );
  expect(readers).toEqual(['src/configuration/environment.ts']);
});

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => isIn(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

function isIn(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`);
}

/** Groups of two or more that reach each other: strongly connected components, by Tarjan (1972). */
function circles(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const index = new Map<string, number>();

  const open: string[] = [];
  const visit = (node: string): number => {
    const order = index.size;
    index.set(node, order);
    open.push(node);
    let low = order;
    for (const next of arrows.get(node) ?? []) {
      if (!index.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, index.get(next)!);
    }

    if (low === order) {
      const group = open.splice(open.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return low;
  };
  for (const node of arrows.keys()) if (!index.has(node)) visit(node);
  return found;
}
