import { altText, readable } from '../renderers/alt.js';
import { strongestDefinitions } from '../renderers/definitions.js';
import { formatCount, formatCutoff, formatLength, formatProbability } from '../renderers/numbers.js';
import { visibleToken } from '../renderers/text/visibleToken.js';
import type { FeatureReport } from '../src/core/index.js';
import type { Reply } from './command.js';

const DEFINITIONS = 5;

/** A report as an answer: what everybody sees first, the picture, the list, and the report itself. */
export function featureReply(report: FeatureReport): Reply {
  const { model, sae, parameters } = report;
  const name = `${model.id}-L${sae.layer}-F${sae.feature}-${parameters.weights}`;
  return {
    title: titleOf(report),
    text: [...definitionLines(report), '', treeLine(report)].join('\n'),
    pictures: [{ name: `${name}.png`, alt: altText(report), png: () => draw(report) }],
    tokens: report.tokens.map(({ rank, token, score }) => ({ rank, text: visibleToken(token), score })),
    files: [{ name: `${name}.json`, type: 'application/json', content: report }],
  };
}

function titleOf({ model, sae, parameters, ghost }: FeatureReport): string {
  const units = formatLength(parameters.scale / ghost.meanTokenDistance);
  return `${model.id} · layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights} · scale ${formatLength(parameters.scale)} = ${units} × mean token distance`;
}

function definitionLines({ tree }: FeatureReport): string[] {
  const definitions = strongestDefinitions(tree.root, DEFINITIONS);
  if (definitions.length === 0) {
    const candidates = tree.candidates.map(
      ({ token, probability }) => `${visibleToken(token)} (${formatProbability(probability)})`,
    );
    return [
      `No definition reaches the cutoff ${formatCutoff(tree.cutoff)}. Most probable first tokens: ${candidates.join(', ')}.`,
    ];
  }
  const probabilities = definitions.map(({ probability }) => formatProbability(probability));
  const width = Math.max(...probabilities.map(({ length }) => length));
  return definitions.map(
    ({ text, ended }, index) =>
      `${probabilities[index]!.padStart(width)}  ${readable(text)}${ended ? '' : ' …'}`,
  );
}

function treeLine({ tree, parameters }: FeatureReport): string {
  const size = `${formatCount(tree.nodes)} nodes at cutoff ${formatCutoff(tree.cutoff)}`;
  return tree.complete
    ? size
    : `${size} (asked for: ${formatCutoff(parameters.cutoff)}; a limit was reached)`;
}

async function draw(report: FeatureReport): Promise<Buffer> {
  // canvas takes a moment to load: only when a picture is wanted.
  const { drawFeature } = await import('../renderers/index.js');
  return (await drawFeature(report)).png;
}
