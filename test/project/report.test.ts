import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { coreSettings, readConfiguration } from '../../src/configuration/index.js';
import { createCore, type FeatureReport, type FeatureRequest } from '../../src/core/index.js';
import { verdictOf } from '../../src/core/judging.js';
import { createEvidence } from '../../src/evidence/index.js';
import { glossConfiguration } from '../support/glossModel.js';

/** The rows of docs/report.md. */
const documented = new Map(
  [...readFileSync('docs/report.md', 'utf8').matchAll(/^\| `([\w.[\]]+)` \| ([\w ]+) \| (.*) \|$/gm)].map(
    ([, path, type, meaning]) =>
      [path!, { type: type!, optional: meaning!.startsWith('_optional_') }] as const,
  ),
);

const { settings, models } = readConfiguration(glossConfiguration());
// Fields are the same however few texts a list rests on.
const core = createCore({ ...coreSettings(settings), textMilliseconds: 3000 });
afterAll(() => core.close());

/** A real report of a model that ships examples, with its evidence. */
async function ask(parameters: Partial<FeatureRequest['parameters']>): Promise<FeatureReport> {
  const model = models.get('gloss-12l')!;
  const question: FeatureRequest = {
    model: model.id,
    layer: 10,
    feature: 777,
    parameters: { ...settings.defaults, at: 'input', scale: 'auto', cutoff: 0.01, tokens: 5, ...parameters },
  };
  const report = await core.ask('feature', question, model);
  const evidence = await createEvidence(undefined, 20_000).of(model, 10, 777);
  const verdict = verdictOf(report, evidence);
  return JSON.parse(JSON.stringify({ ...report, evidence, verdict })) as FeatureReport;
}

/** Every field of a value with its type; nodes of the tree count as one. */
function fieldsOf(
  value: unknown,
  path = '',
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  const add = (name: string, type: string) => found.set(name, (found.get(name) ?? new Set()).add(type));
  if (Array.isArray(value)) {
    for (const part of value) {
      if (path.endsWith('.children')) {
        add(`${path}[]`, typeof part);
        fieldsOf(part, path.slice(0, -'.children'.length), found);
      } else fieldsOf(part, `${path}[]`, found);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) fieldsOf(part, path ? `${path}.${key}` : key, found);
  } else add(path, value === null ? 'number' : typeof value);
  return found;
}

test('every field of a report is documented with its type, and what is not optional is there', async () => {
  expect(documented.size).toBeGreaterThan(50);
  const asked = [
    {},
    { prune: 'grey' },
    { at: 'best', scale: 'best' },
    { list: 'hybrid' },
    { clamp: 1 },
    { steer: 1 },
  ] as const;
  for (const parameters of asked) {
    const fields = fieldsOf(await ask(parameters));
    for (const [path, types] of fields)
      for (const type of types)
        expect([path, documented.get(path)?.type.split(' or ')]).toEqual([
          path,
          expect.arrayContaining([type]),
        ]);
    const missing = [...documented].filter(([path, { optional }]) => !optional && !fields.has(path));
    expect(missing.map(([path]) => path)).toEqual([]);
  }
});

test('the optional fields that a model with examples has are there', async () => {
  const fields = fieldsOf(await ask({ prune: 'grey' }));
  const there = [...documented.keys()].filter(
    (path) => /^(evidence|tree\.pruned)\./.test(path) && fields.has(path),
  );
  // No explanations come with it.
  expect(there).toHaveLength(13);
});
