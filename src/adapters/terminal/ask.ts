import { preparePictures } from '../../../commands/index.js';
import type { Command, CommandRequest, HelpTopic } from '../../../commands/line/command.js';
import { readNeuronpedia } from '../../configuration/environment.js';
import { coreSettings, jobLimits, readConfiguration } from '../../configuration/index.js';
import { createCore as createNewCore, InputError } from '../../core/index.js';
import { createEvidence } from '../../evidence/index.js';
import { createExplainer } from '../../explanation/index.js';
import { LocalJobs } from '../../jobs/local/localJobs.js';
import { isPicture } from './output.js';
import { EXIT, type TerminalProcess } from './process.js';
import { Progress } from './progress.js';
import { shellLine, withRunnableCommands } from './shell.js';
import { show, type Wanted } from './show.js';

/**
 * Plans a command with all that a command may use here, runs it, and prints its reply.
 *
 * @param programs what can be typed besides commands
 * @returns exit code
 * @throws {InputError | CancelledError | EngineError}
 */
export async function ask(
  command: Command,
  request: CommandRequest,
  wanted: Wanted,
  { stdout, stderr, once, off, createCore = createNewCore }: TerminalProcess,
  programs: readonly HelpTopic[],
): Promise<number> {
  const { json, out } = wanted;
  const configuration = readConfiguration();
  const core = createCore(coreSettings(configuration.settings));
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  const progress = new Progress(stderr);
  once.call(process, 'SIGINT', onInterrupt);
  once.call(process, 'SIGTERM', onInterrupt);
  try {
    const jobs = new LocalJobs(core, jobLimits(configuration.settings));
    const neuronpedia = readNeuronpedia();
    const log = (message: string) => void stderr.write(`${message}\n`);
    const evidence = createEvidence(neuronpedia && { ...neuronpedia, log });
    const explainer = createExplainer(configuration.settings.explain);
    const context = { configuration, jobs, evidence, explainer, programs, typed: shellLine };
    const plan = command.plan(request, { ...context, byOperator: true });
    // Answers that take no work have no pictures.
    if (out && isPicture(out.format) && plan.scope === 'private')
      throw new InputError('This command draws no picture: leave --out out, or name a .txt or .json file.');
    const pictures = out ? isPicture(out.format) : !json;
    let isUnderWay = false;
    const reply = await plan.run({
      signal: cancel.signal,
      onProgress(state) {
        // The other process computes, and this one has nothing to do.
        if (pictures && !isUnderWay) void preparePictures();
        isUnderWay = true;
        // With `-` the text goes to standard error, and the bar would be in it.
        if (out?.path !== '-') progress.update(state);
      },
      pictures,
    });
    progress.clear();
    const isPrivate = plan.scope === 'private';
    const shown = isPrivate ? { ...reply, text: withRunnableCommands(reply.text, programs) } : reply;
    const isWritten = await show(shown, wanted, { stdout, stderr }, programs);
    if (!isPrivate && !json) (out?.path === '-' ? stderr : stdout).write(`Repeat: ${shellLine(plan.line)}\n`);
    return isWritten ? EXIT.done : EXIT.failed;
  } finally {
    progress.clear();
    off.call(process, 'SIGINT', onInterrupt);
    off.call(process, 'SIGTERM', onInterrupt);
    await core.close();
  }
}
