import fc from 'fast-check';
import { isLong } from '../support/longRun.js';

// Whether a change can land does not hang on luck: properties try the same cases every time, and others, in a long
// run, where a failure names the seed. A case that failed once is written into its property's `examples`.
if (!isLong) fc.configureGlobal({ seed: 1 });
