import { CancelledError, type EvidenceExample } from '../../src/core/index.js';
import {
  Explainer,
  type ExplainParts,
  type ExplainReport,
  splitExamples,
} from '../../src/explanation/index.js';
import type { CommandContext, PlanControl } from '../line/command.js';
import { cluesOf, isTrusted } from './clues.js';
import { type ExplainQuestions, gatherParts, PARTS, partControl, snippetsOfOthers } from './parts.js';

/**
 * Asks for everything that is known of a feature, and explains it from that.
 *
 * @throws {CancelledError} when the person who asked cancelled
 * @throws {InputError | EngineError} why the first part failed, when all did
 */
export async function explainedPage(
  questions: ExplainQuestions,
  context: CommandContext,
  control: PlanControl,
): Promise<ExplainReport> {
  const { settings } = context.configuration;
  const { parts: gathered, missing } = await gatherParts(questions, context, control);
  const report = (gathered.feature ?? gathered.dream ?? gathered.kind)!;
  const { release, hook, layer, feature, parity } = report.sae;
  const trusted = isTrusted(parity);
  const explainer = context.explainer ?? new Explainer(settings.explain, undefined);
  const examples = gathered.evidence?.examples ?? [];
  // Examples are held out only where a model scores the explanation.
  const { shown, heldOut } = explainer.writes ? splitExamples(examples) : { shown: examples, heldOut: [] };
  // What is scored on the held-out half, and stands beside the score, is made without it.
  const parts = heldOut.length > 0 ? await labelledFrom(shown) : gathered;
  const explainingControl = partControl(control, PARTS);
  if (explainer.writes) explainingControl.onProgress?.({ stage: 'explaining' });
  const others = heldOut.length > 0 && trusted ? await silentSnippets(heldOut.length) : [];
  const clues = cluesOf(parts, shown, trusted);
  const explanation = await explainer.explain(clues, { heldOut, others }, control.signal);
  const { weights: vector, theme: colours } = questions.feature.parameters;
  return {
    schema: 'ghosttree/explain@1',
    model: report.model,
    sae: { release, hook, layer, feature, parity },
    parameters: { weights: vector, theme: colours },
    explanation,
    parts,
    missing,
  };

  /** The parts with a label of these examples alone. */
  async function labelledFrom(some: readonly EvidenceExample[]): Promise<ExplainParts> {
    const { label: _ofAll, ...evidence } = gathered.evidence!;
    const label = await context.evidence?.labelFrom(questions.model, layer, some);
    return { ...gathered, evidence: { ...evidence, ...(label && { label }) } };
  }

  /** Snippets of other features; a failure costs only the score. */
  async function silentSnippets(count: number): Promise<EvidenceExample[]> {
    try {
      return await snippetsOfOthers(questions, count, parts.evidence!, settings, context, explainingControl);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      return [];
    }
  }
}
