import { expectToHold } from './holds.js';
import { terminal } from './terminal.js';

expectToHold(terminal);
