/**
 * Answers `feature 10 777` as the terminal does, in a process of its own, and prints as JSON how long each step took,
 * in milliseconds. Steps follow one another: together they are the life of the process.
 */
import type { Answerer } from '../../src/jobs/local/localJobs.js';

const steps: [step: string, milliseconds: number][] = [];
let before = 0;
function done(step: string): void {
  const now = performance.now();
  steps.push([step, now - before]);
  before = now;
}

done('node itself');
const { findCommand, preparePictures } = await import('../../commands/index.js');
const { toRequest } = await import('../../commands/line/grammar.js');
await import('../../src/adapters/terminal/ask.js');
done('loading the program: commands, yaml, zod');

const { coreSettings, jobLimits, readConfiguration } = await import('../../src/configuration/index.js');
const { createCore } = await import('../../src/core/index.js');
const { createEvidence } = await import('../../src/evidence/index.js');
const { LocalJobs } = await import('../../src/jobs/local/localJobs.js');
const configuration = readConfiguration();
done('reading ghosttree.yaml and models.yaml');

const core = createCore(coreSettings(configuration.settings));
const answerer: Answerer = {
  async ask(kind, request, source, control) {
    let isUp = false;
    const report = await core.ask(kind, request, source, {
      ...control,
      onProgress() {
        if (isUp) return;
        isUp = true;
        done('starting the inference process');
        void preparePictures();
      },
    });
    const { load, tree, tokens } = (report as { timing: Record<'load' | 'tree' | 'tokens', number> }).timing;
    const sinceUp = performance.now() - before;
    steps.push(['opening the model and the SAE, finding the scale', load]);
    steps.push(['token list', tokens], ['definition tree', tree]);
    steps.push(['handing over the report', sinceUp - load - tree - tokens]);
    before += sinceUp;
    return report;
  },
};
const jobs = new LocalJobs(answerer, jobLimits(configuration.settings));
const context = { configuration, jobs, evidence: createEvidence(undefined), byOperator: true };
const plan = findCommand('feature').plan(toRequest(['10', '777']), context);
const { pictures } = await plan.run({});
if (pictures.length !== 1) throw new Error('There is no picture.');
done('reply and picture');
await core.close();
done('ending the inference process');
process.stdout.write(JSON.stringify(steps));
