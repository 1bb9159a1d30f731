import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/suite/longestFirst.js';
import { filesByProject } from './test/suite/projects.js';

// Tests run on the compiled files, which are what ships: processes are forked from them.
const files = filesByProject('dist/test');
const processors = availableParallelism();

const setupFiles = ['firstClient', 'sameCases', 'measureFile', 'sharedCores'].map(
  (name) => `dist/test/suite/${name}.js`,
);

const common = {
  exclude: [],
  // What programs derive from models goes where nothing is left from another run.
  env: { GHOSTTREE_MODELS: mkdtempSync(join(tmpdir(), 'ghosttree-models-')) },
  // The program's files are loaded as Node does, once for tests and for programs that run in their process.
  server: { deps: { external: [/\/dist\/(bench|commands|docs|eval|renderers|src)\//] } },
  // Longer than a busy machine needs: a test that hangs fails by what it waits for in vain.
  testTimeout: 240_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 100_000 } },
};

export default defineConfig({
  test: {
    globalSetup: 'dist/test/suite/servers.js',
    sequence: { sequencer: LongestFirst },
    reporters: ['default', 'dist/test/suite/slowest.js'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: files.unit,
          setupFiles: 'dist/test/suite/sameCases.js',
          pool: 'threads',
          isolate: false,
          maxWorkers: processors,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Files share processes, where modules are loaded once.
        test: {
          ...common,
          name: 'core',
          include: files.core,
          setupFiles,
          pool: 'forks',
          isolate: false,
          maxWorkers: processors,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // These wait for programs and servers much of the time: one more than there are processors run at once.
        test: {
          ...common,
          name: 'system',
          include: files.system,
          setupFiles,
          pool: 'forks',
          isolate: false,
          maxWorkers: processors + 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
