import { Dice } from '../soak/dice.js';
import { hostileEndpoint, hostileEvidence } from './hostile/answers.js';
import { hostileChats } from './hostile/chats.js';
import { hostileCheckpoints } from './hostile/checkpoints.js';
import { hostileCommandLines } from './hostile/commandLines.js';
import type { Proof } from './proof.js';

/** Inputs of which none is what it should be; the same in every run. */
const SEED = 7;
const COUNTS = { lines: 4000, checkpoints: 1500, evidence: 1000, endpoint: 500, chats: 3000 };

export const hostile: Proof = {
  name: 'hostile',
  async run(progress) {
    const share = Number(process.env.RELIABILITY_SHARE ?? 1);
    const count = (whole: number) => Math.ceil(whole * share);
    const dice = new Dice(SEED);
    return [
      await hostileCommandLines(count(COUNTS.lines), dice),
      await hostileEvidence(count(COUNTS.evidence), dice),
      await hostileEndpoint(count(COUNTS.endpoint), dice),
      ...(await hostileChats(count(COUNTS.chats), dice, progress)),
      await hostileCheckpoints(count(COUNTS.checkpoints), dice, progress),
    ];
  },
};
