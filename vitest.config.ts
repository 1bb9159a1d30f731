import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Tests run on the compiled files, which are what ships: processes are forked from them.
    include: ['dist/test/**/*.test.js'],
    // onnxruntime and canvas are native: a process per file keeps one crash from taking the others along.
    exclude: [],
    pool: 'forks',
    // What programs derive from models goes where nothing is left from another run.
    env: { GHOSTTREE_MODELS: mkdtempSync(join(tmpdir(), 'ghosttree-models-')) },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
