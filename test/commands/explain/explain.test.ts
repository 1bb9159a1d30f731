import { afterAll, expect, test } from 'vitest';
import { explain } from '../../../commands/explain/index.js';
import type { CommandContext } from '../../../commands/line/command.js';
import { splitWords, toRequest } from '../../../commands/line/grammar.js';
import { coreSettings, jobLimits, readConfiguration } from '../../../src/configuration/index.js';
import {
  createCore,
  EngineError,
  type EvidenceExample,
  type FeatureReport,
  InputError,
  type QuestionKind,
  type Report,
} from '../../../src/core/index.js';
import type { Evidence } from '../../../src/evidence/index.js';
import { createExplainer, type ExplainReport } from '../../../src/explanation/index.js';
import type { JobProgress } from '../../../src/jobs/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { EndpointServer } from '../../explanation/endpointServer.js';
import { fixture, tinyModel } from '../../support/tinyModel.js';

const read = readConfiguration(fixture('config'));
const { settings } = read;
// A folder of its own for what is derived: elsewhere another test file may have measured the layer.
const configuration = {
  ...read,
  models: new Map([['tiny-gpt2', { ...read.models.get('tiny-gpt2')!, prepared: tinyModel().prepared }]]),
};
const core = createCore(coreSettings(settings));
afterAll(() => core.close());

type Change = (kind: QuestionKind, report: Report) => Report;

/** The page about a feature of the tiny model, where the core's answers are changed or fail. */
async function page(
  change: Change,
  onProgress?: (progress: JobProgress) => void,
  more: Pick<CommandContext, 'evidence' | 'explainer'> = {},
) {
  const asked: QuestionKind[] = [];
  const jobs = new LocalJobs(
    {
      ask: async (kind, request, source, control) => {
        asked.push(kind);
        return change(kind, await core.ask(kind, request, source, control)) as never;
      },
    },
    jobLimits(settings),
  );
  const context = { configuration, jobs, ...more };
  const plan = explain.plan(toRequest(splitWords('0 7')), context);
  const reply = await plan.run({ pictures: false, ...(onProgress && { onProgress }) });
  return { reply, asked, report: reply.files[0]!.content as ExplainReport, context };
}

/** A random SAE reconstructs nothing: this one passes for a good one, or for a bad one. */
const reconstructing =
  (explainedVariance: number): Change =>
  (_, report) => {
    const { sae } = report as FeatureReport;
    return { ...report, sae: { ...sae, parity: { ...sae.parity, explainedVariance } } } as Report;
  };
const good = reconstructing(0.9);

test('parts are asked one after the other, and progress says which', async () => {
  const seen = new Set<string>();
  const { asked, report } = await page(good, ({ part }) => seen.add(`${part?.number} of ${part?.of}`));
  expect(asked).toEqual(['feature', 'dream']);
  expect([...seen]).toEqual(['1 of 4', '3 of 4']);
  expect(report.parts.feature?.parameters).toMatchObject({ prune: 'on', list: 'hybrid' });
  expect(report.parts.feature?.ghost.chosen).toBeDefined();
  expect(report.missing.map(({ part }) => part)).toEqual(['kind', 'examples']);
});

test('what fails is named with the reason, and the rest stands', async () => {
  const { reply, report } = await page((kind, found) => {
    if (kind === 'dream') throw new EngineError('The inference process ended unexpectedly.');
    return good(kind, found);
  });
  expect(report.parts.feature).toBeDefined();
  expect(reply.text).toContain('Without dreamt text: The inference process ended unexpectedly.');
  const other = await page((kind, found) => {
    if (kind === 'feature') throw new InputError('No tree today.');
    return good(kind, found);
  });
  expect(other.report.parts.dream).toBeDefined();
  expect(other.reply.text).toContain('Without definitions and tokens: No tree today.');
});

test('where nothing could be had, the first reason is the answer', async () => {
  const failing = page(() => {
    throw new InputError('No model today.');
  });
  await expect(failing).rejects.toThrow('No model today.');
});

test('activations that are not to be trusted are left out', async () => {
  const { asked, reply, report } = await page(reconstructing(-0.2));
  expect(asked).toEqual(['feature']);
  expect(report.explanation.text).not.toContain('Fires');
  expect(reply.text).toContain('Without dreamt text: the activations of this SAE are not to be trusted.');
});

test('buttons ask the questions of the page again', async () => {
  const { reply, asked, context } = await page(good);
  const { findCommand } = await import('../../../commands/index.js');
  for (const label of ['Tree', 'Dream']) {
    const action = reply.actions.find((candidate) => candidate.label === label);
    const { line } = action!.does as { line: string };
    const [name, ...words] = splitWords(line);
    await findCommand(name!.text).plan(toRequest(words), context).run({ pictures: false });
  }
  // Both answers were at hand.
  expect(asked).toEqual(['feature', 'dream']);
});

test('a configured model sees the stronger half of the examples only; snippets of others are read before they count', async () => {
  const server = await EndpointServer.start();
  try {
    const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
    const of: Evidence['of'] = async (_model, _layer, feature) => ({
      source: 'shipped',
      explanations: [],
      examples: words.map((word, index) => ({
        tokens: ['feature', String(feature), word],
        activations: [0, 0, words.length - index],
      })),
    });
    const labelled: EvidenceExample[][] = [];
    const labelFrom: Evidence['labelFrom'] = async (_model, _layer, examples) => {
      labelled.push([...examples]);
      return { words: ['four'], shared: 2, of: examples.length, source: 'examples' };
    };
    const evidence: Evidence = { of, shipped: of, labelFrom };
    const variables = { EXPLAIN_URL: server.url, EXPLAIN_MODEL: 'judge' };
    const stages: string[] = [];
    const { asked, reply, report } = await page(
      good,
      ({ stage, part }) => stages.push(`${part?.number} ${stage}`),
      {
        evidence,
        explainer: createExplainer(settings.explain, variables),
      },
    );
    expect(asked).toEqual(['feature', 'dream', 'activate']);
    expect(stages).toContain('4 explaining');
    expect(report.explanation).toMatchObject({ by: 'model', text: 'numbers that are years' });
    const shown = server.asked[0]!.body.messages.map(({ content }) => content).join();
    for (const word of words.slice(0, 4)) expect(shown).toContain(`feature7${word}`);
    for (const word of words.slice(4)) expect(shown).not.toContain(`feature7${word}`);
    expect(labelled.map((examples) => examples.map(({ tokens }) => tokens[2]))).toEqual([words.slice(0, 4)]);
    const [first, second] = reply.text.split('\n');
    expect(first).toBe('four · in 2 of its 4 top texts');
    expect(second).toMatch(/^[✓≈✗?] /);
    expect(report.parts.evidence!.label!.words).toEqual(['four']);
  } finally {
    await server.stop();
  }
});
