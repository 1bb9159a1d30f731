import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Tests run on the compiled files, which are what ships: processes are forked from them.
    include: ['dist/test/**/*.test.js'],
    // onnxruntime and canvas are native: a process per file keeps one crash from taking the others along.
    exclude: [],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
