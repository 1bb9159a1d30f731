import { expect, test } from 'vitest';
import type { Clues } from '../../src/explanation/index.js';
import { explainByRules } from '../../src/explanation/rules.js';

const NOTHING: Clues = {
  definitions: [],
  generic: false,
  bestScale: true,
  tokens: [],
  promoted: [],
  suppressed: [],
  examples: [],
  trusted: true,
};

const YEARS: Clues = {
  ...NOTHING,
  definitions: [
    { text: 'a calendar year', probability: 0.31 },
    { text: 'the time of a ship', probability: 0.08 },
    { text: 'never named', probability: 0.01 },
  ],
  firing: { verdict: 'token', token: '1994', share: 0.62, active: 40, texts: 2048 },
  examples: [
    { text: 'In 1994 the ship sailed', token: '1994', activation: 21 },
    { text: 'the year 1990', token: '1990', activation: 20 },
  ],
  maximum: 21,
  dreamt: { text: 'It was in 1994', activation: 20, fluent: true, strongest: 25.2 },
};

test('a token feature is explained from its examples and definitions, with their shares', () => {
  const { text, by, sureness } = explainByRules(YEARS);
  expect(by).toBe('rules');
  expect(text).toBe(
    'Fires mainly on “1994” (62% of its activation), and on “1990”, as in “In 1994 the ship sailed”. ' +
      'The model defines it as “a calendar year” (31%) or “the time of a ship” (8%). ' +
      'Words that its definitions and its texts share: “year”, “ship”.',
  );
  expect(sureness).toEqual({
    level: 'good',
    because: [
      'the leading definition has 31%',
      'definitions share 2 words with other evidence',
      "active in 40 of 2\u00a0048 texts of the model's own",
      'dreamt text reaches 1.2 × the largest activation of the corpus',
    ],
  });
});

test('a context feature names its tokens with a context; faint definitions are called so', () => {
  const { text, sureness } = explainByRules({
    ...NOTHING,
    definitions: [{ text: 'worry', probability: 0.02 }],
    firing: { verdict: 'context', token: 'flow', share: 0.12, active: 29, texts: 2048 },
    tokens: [{ token: ' flow', before: 'a definition of', activation: 30 }],
  });
  expect(text).toBe(
    'Fires in a context rather than on one token (“flow” has 12% of its activation): on “flow”, as in “a definition of flow”. Faintly, the model defines it as “worry” (2%).',
  );
  expect(sureness.level).toBe('little');
});

test('generic definitions, a rare feature and what it does next are said', () => {
  const { text, sureness } = explainByRules({
    ...NOTHING,
    generic: true,
    firing: { verdict: 'unknown', active: 1, texts: 2048 },
    tokens: [{ token: ' red', before: '', activation: 3 }],
    class: 'prediction',
    promoted: ['blue', 'green'],
  });
  expect(text).toBe(
    'Fires on “red” (too rarely active to tell token from context), as in “red”. Its definitions are those of any ghost and say nothing about it. It makes “blue”, “green” likelier next.',
  );
  expect(sureness.because).toContain('all definitions are generic');
});

test('activations that are not to be trusted are not spoken of', () => {
  const { text, sureness } = explainByRules({ ...YEARS, trusted: false });
  expect(text).not.toContain('Fires');
  expect(text).toContain('a calendar year');
  expect(sureness.level).toBe('little');
  expect(sureness.because).toContain('the activations of this SAE are not to be trusted');
});

test('without anything measured it says so', () => {
  expect(explainByRules(NOTHING)).toMatchObject({
    text: 'Nothing that was measured says what this feature is about.',
    sureness: { level: 'little' },
  });
});

test('words of grammar are not shared words', () => {
  const { text } = explainByRules({
    ...NOTHING,
    definitions: [{ text: 'something that is used with a sail', probability: 0.2 }],
    examples: [{ text: 'something used with that', token: 'used', activation: 1 }],
  });
  expect(text).not.toContain('Words that');
});

test('definitions without a best scale, and a search that found nothing, speak against it', () => {
  const { sureness } = explainByRules({ ...YEARS, bestScale: false, dreamt: null });
  expect(sureness.level).toBe('some');
  expect(sureness.because).toContain('the leading definition has 31%, but no scale speaks best');
  expect(sureness.because).toContain('no dreamt text activates it');
});
