import { afterAll } from 'vitest';
import { endSharedCores } from '../support/sharedCore.js';

// A file gives back what it used, and what that cost counts as the file's: this stands behind `measureFile.ts`, whose
// look at the clock comes after it.
afterAll(endSharedCores);
