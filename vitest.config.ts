import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // onnxruntime and canvas are native: a process per file keeps one crash from taking the others along.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
