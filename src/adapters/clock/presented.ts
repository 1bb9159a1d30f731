import { cluesOf, isTrusted } from '../../../commands/explain/clues.js';
import { readQuestions } from '../../../commands/explain/index.js';
import { gatherParts } from '../../../commands/explain/parts.js';
import { planLine } from '../../../commands/index.js';
import type { CommandContext, PlanControl, Reply } from '../../../commands/line/command.js';
import { evidenceTexts } from '../../../commands/parts/evidence.js';
import { labelWithExamples } from '../../../commands/parts/labels.js';
import { InputError } from '../../core/index.js';
import { firstSentenceByRules } from '../../explanation/index.js';

/** A feature as it is shown to people who did not ask for it: short first, everything else below. */
export interface PresentedFeature {
  /** Model, layer and feature. */
  title: string;
  /** The command line that asks for it. */
  line: string;
  /** What it is about: its label with two examples, or a sentence by the rules of `/explain`. */
  sentence: string;
  /** What `/feature` answers. */
  reply: Reply;
  /** Where it fires; lines of text, none where nothing is known. */
  examples: string[];
}

/**
 * Answers `/feature`, and explains it in a sentence.
 *
 * @param line of `/feature`
 * @param address what it asks about
 * @throws {InputError | CancelledError | EngineError}
 */
export async function presentFeature(
  line: string,
  address: { model: string; layer: number; feature: number },
  context: CommandContext,
  control: PlanControl,
): Promise<PresentedFeature> {
  const plan = planLine(line, context);
  const reply = await plan.run(control);
  const words = [String(address.layer), String(address.feature)];
  const questions = readQuestions({ words, values: new Map([['model', address.model]]) }, context);
  const { title, line: again } = plan;
  const known = await context.evidence?.of(questions.model, address.layer, address.feature);
  const sentenceOfLabel = known && labelWithExamples(known);
  if (sentenceOfLabel !== undefined)
    return { title, line: again, sentence: sentenceOfLabel, reply, examples: evidenceTexts(known) };
  const { parts } = await gatherParts(questions, context, control, { dreams: false });
  const { feature, evidence } = parts;
  if (!feature) throw new InputError('The feature could not be explained.');
  const trusted = isTrusted(feature.sae.parity);
  const sentence = firstSentenceByRules(cluesOf(parts, evidence?.examples ?? [], trusted));
  return { title, line: again, sentence, reply, examples: evidenceTexts(evidence) };
}
