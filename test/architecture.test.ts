import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** What the files of a room may import of the project; the longest matching room counts. */
const ROOMS: Record<string, string[]> = {
  'src/core/features': ['src/core/features', 'src/core/report', 'src/core/errors'],
  'src/core/models': ['src/core/models', 'src/core/features', 'src/core/errors'],
  'src/core': ['src/core'],
  'src/jobs': ['src/jobs', 'src/core/index'],
  'src/evidence': ['src/evidence', 'src/core/index', 'src/config', 'src/jobs/boundedCache', 'src/web'],
  'src/explanation': ['src/explanation', 'src/core/index', 'src/jobs/boundedCache', 'src/web'],
  // The top of the house: puts everything together.
  'src/main': ['src'],
  'src/programs': ['src', 'commands'],
  'src/modelPrograms': ['src', 'commands'],
  'src/storePrograms': ['src'],
  'src/operatorPrograms': ['src', 'commands'],
  'src/serve': ['src'],
  'src/operations': ['src/operations', 'src/core/index', 'src/jobs/index'],
  'src/environment': [
    'src/core/index',
    'src/operations/index',
    'src/adapters/slack/index',
    'src/adapters/discord/index',
  ],
  'src/worker': ['src'],
  'src/config': ['src/core/index', 'src/jobs/index', 'src/catalogue', 'src/manifest', 'src/yaml'],
  'src/catalogue': ['src/core/index', 'src/yaml'],
  'src/manifest': ['src/core/index', 'src/catalogue'],
  'src/yaml': ['src/core/index'],
  'src/units': [],
  'src/web': [],
  'src/hub': ['src/hub', 'src/core/index', 'src/config', 'src/catalogue', 'src/manifest', 'src/units'],
  renderers: ['renderers', 'src/core/report', 'src/explanation/report'],
  commands: [
    'commands',
    'renderers',
    'src/core/index',
    'src/jobs/index',
    'src/evidence/index',
    'src/explanation/index',
    'src/schedule/index',
    'src/config',
    'src/manifest',
    'src/units',
    'src/store/index',
  ],
  // Looks at every room from above.
  'src/operations/doctor': [
    'src/operations/doctor',
    'src/adapters/slack/index',
    'src/adapters/discord/index',
    'src/core/index',
    'src/jobs/shared/index',
    'src/store/index',
    'src/config',
    'src/environment',
    'src/manifest',
    'src/units',
    'src/yaml',
    'renderers/sample',
  ],
  'src/store': ['src/store', 'src/core/index'],
  'src/schedule': [
    'src/schedule',
    'src/store/index',
    'src/core/index',
    'src/jobs/index',
    'src/config',
    'src/manifest',
  ],
  'src/adapters/chat': [
    'src/adapters/chat',
    'src/operations/index',
    'commands',
    'src/core/index',
    'src/jobs/index',
    'src/store/index',
    'src/units',
  ],
  'src/adapters/clock': [
    'src/adapters/clock',
    'src/operations/index',
    'src/adapters/chat',
    'commands',
    'src/core/index',
    'src/schedule/index',
    'src/store/index',
  ],
  'src/adapters/slack': [
    'src/adapters/slack',
    'src/operations/index',
    'src/adapters/chat',
    'commands',
    'src/core/index',
    'src/jobs/index',
    'src/store/index',
    'src/config',
    'src/yaml',
    'src/manifest',
  ],
  'src/adapters/discord': [
    'src/adapters/discord',
    'src/operations/index',
    'src/adapters/chat',
    'commands',
    'src/core/index',
    'src/jobs/index',
    'src/config',
    'src/manifest',
  ],
  'src/adapters/terminal': [
    'src/adapters/terminal',
    'commands',
    'src/core/index',
    'src/evidence/index',
    'src/explanation/index',
    'src/jobs/index',
    'src/config',
    'src/hub/index',
    'src/units',
  ],
};

/** Packages that only one room may touch. */
const OWNERS: Record<string, string> = {
  'onnxruntime-node': 'src/core/runtime/session.ts',
  'onnx-proto': 'src/core/models/graph.ts',
  '@huggingface/tokenizers': 'src/core/models/tokenizer.ts',
  '@huggingface/hub': 'src/hub/client.ts',
  canvas: 'renderers/',
  bullmq: 'src/jobs/shared/',
  ioredis: 'src/jobs/shared/',
  'node-cache': 'src/jobs/boundedCache.ts',
  'discord.js': 'src/adapters/discord/',
  kysely: 'src/store/',
  libsql: 'src/store/sqlite.ts',
  pg: 'src/store/postgres.ts',
  '@slack/bolt': 'src/adapters/slack/',
  pino: 'src/operations/log.ts',
  'prom-client': 'src/operations/metrics.ts',
};

const files = ['src', 'commands', 'renderers'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

test('every file belongs to a room', () => {
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => !roomOf(file))).toEqual([]);
});

test('imports run downwards only', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const allowed = ROOMS[roomOf(file)!]!;
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue;
      const target = normalize(relative('.', resolve(dirname(file), name)));
      if (!allowed.some((room) => isIn(target, room))) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test.each(Object.entries(OWNERS))('%s is imported in %s only', (name, owner) => {
  const importers = files.filter((file) =>
    importsOf(file).some((used) => used === name || used.startsWith(`${name}/`)),
  );
  expect(importers.length).toBeGreaterThan(0);
  expect(importers.filter((file) => !file.startsWith(owner))).toEqual([]);
});

test('no file of the program is longer than 300 lines', () => {
  expect(files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 300)).toEqual([]);
});

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => isIn(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

function isIn(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`);
}
