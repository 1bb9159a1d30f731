import { defaultsOf } from '../../src/configuration/derived.js';
import { type FeatureRequest, type NearFeatures, requireOneStrength } from '../../src/core/index.js';
import type { JobProgress } from '../../src/jobs/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { featureLine } from '../line/featureLine.js';
import { parseOptions, withinLimits } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('feature');

/** `/feature`: definition tree and token list of one feature. */
export const feature: Command = {
  name: 'feature',
  summary: 'what a feature means: its definition tree and token list',
  usage: 'feature <layer> <feature> [key=value ...]',
  examples: [
    'feature 10 777',
    'feature 10 777 at=2 scale=1.6',
    'feature 10 777 weights=encoder',
    'feature L10 F777',
    'feature smollm2-135m-instruct/10-res/777 theme=light',
    'feature 10 random',
    'feature 10 777 clamp=1',
    `feature 10 777 prompt='The word "{ghost}" means "'`,
  ],
  options: OPTIONS,
  asks: 'feature',
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature: index, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: FeatureRequest = { model: model.id, layer, feature: index, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${index}`,
      line: featureLine(question, model, settings, request.room),
      scope: 'public',
      drafts: true,
      admit: (asker) => context.jobs.check('feature', question, asker),
      async run(control) {
        const { jobs, evidence, typed } = context;
        const [{ featureReply }, { labelled }, { Drafts }] = await Promise.all([
          import('./reply.js'),
          import('../near/reply.js'),
          import('./drafts.js'),
        ]);
        const withLabels = (near: NearFeatures) =>
          labelled(near, async (of, other) => (await evidence?.shipped(model, of, other))?.label);
        const drafts = control.onDraft && new Drafts(withLabels, control.onDraft);
        const onProgress = (progress: JobProgress) => {
          control.onProgress?.(progress);
          drafts?.heed(progress);
        };
        const firing = evidence?.of(model, layer, index);
        const answering = jobs.ask('feature', question, model, { ...control, onProgress });
        answering.catch(() => {}); // awaited below
        drafts?.fires(await firing);
        const report = await answering;
        const known = await firing;
        const near = report.near && (await withLabels(report.near));
        const whole = { ...report, ...(known && { evidence: known }), ...(near && { near }) };
        return featureReply(whole, model, question, settings, picturesFor(control, jobs), typed);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { settings } = configuration;
  const { model, ...given } = parseOptions(request, withinLimits(OPTIONS, settings.limits));
  const address = parseFeatureAddress(request.words, model, configuration);
  const parameters: FeatureRequest['parameters'] = { ...defaultsOf(address.model, settings), ...given };
  requireOneStrength(parameters);
  return { ...address, parameters };
}
