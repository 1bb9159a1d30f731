export * from '../src/core/features/random.js';
