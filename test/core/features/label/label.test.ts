import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWords, labelOf } from '../../../../src/core/features/label/index.js';
import { isSameWord, peakOf } from '../../../../src/core/features/label/words.js';
import type { EvidenceExample } from '../../../../src/core/report/evidence.js';

/** An example from pieces; the one in brackets fires. */
function example(text: string): EvidenceExample {
  const tokens: string[] = [];
  const activations: number[] = [];
  for (const [, fires, token] of text.matchAll(/(\[)?((?:[ \n]?[^\s[\]|]+|[ \n]))\]?\|?/g)) {
    tokens.push(token!);
    activations.push(fires ? 5 : 0);
  }
  return { tokens, activations };
}

test('a word is joined from its pieces, and stands without what surrounds it', () => {
  expect(peakOf(example('the| author|[itar]|ian| state'))).toMatchObject({ word: 'authoritarian' });
  expect(peakOf(example('a| (|[Tra]|vel|)| ban'))).toMatchObject({ word: 'travel', written: 'Travel' });
  expect(peakOf(example('at| 40|[°]| N'))).toMatchObject({ word: '°', before: 'at 40', after: ' N' });
  expect(peakOf(example('does| not| fire'))).toBeUndefined();
});

test.each([
  ['travel', 'travels', true],
  ['guarantee', 'guaranteed', true],
  ['answer', 'answered', true],
  ['cat', 'cats', false], // too short to tell
  ['state', 'statement', false],
  ['house', 'mouse', false],
] as const)('%s and %s are one word: %s', (one, other, same) => {
  expect(isSameWord(one, other)).toBe(same);
  expect(isSameWord(other, one)).toBe(same);
});

test('a label is what examples share at their peaks, in the form that is used most, rarest first', () => {
  const label = labelOf([
    example('in| a|[ journey]| of'),
    example('the| long|[ journey]| home'),
    example('two|[ journeys]| of'),
    example('the|[ trip]| of'),
    example('one|[ trip]| of'),
    example('a| red|[ ship]| of'),
  ]);
  expect(label).toEqual({ words: ['journey', 'trip'], shared: 5, of: 6, source: 'examples' });
});

test('what stands in many features tells none apart', () => {
  const words = new Map<string, number>();
  const common = [example('[ of]| a'), example('[ of]| the')];
  for (let i = 0; i < 50; i++) countWords(words, common);
  countWords(words, [example('[ whale]')]);
  const frequencies = { features: 51, of: (word: string) => words.get(word) ?? 0 };
  const examples = [example('a|[ whale]| of'), example('the|[ whale]| of'), example('one|[ of]| it')];
  expect(labelOf(examples, frequencies)!.words).toEqual(['whale']);
});

test('where nothing is shared the label says so, and names what fires', () => {
  const label = labelOf([example('[ red]| x1'), example('[ green]| x2'), example('[ blue]| x3')]);
  expect(label).toMatchObject({ shared: 0, of: 3 });
  expect(new Set(label!.words)).toEqual(new Set(['red', 'green', 'blue']));
});

test('a text that is shown twice counts once', () => {
  const twice = example('the| same| text|[ here]| again');
  expect(labelOf([twice, twice, example('[ there]')])).toMatchObject({ of: 2, shared: 0 });
});

test.each([
  ['before a number', ['about|[ at]| 10', 'is|[ near]| 20', 'was|[ by]| 30']],
  ['number', ['in|[ 1999]| we', 'of|[ 20]| men', 'or|[ 3.5]| or']],
  ['punctuation', ['men|[,]| we', 'all|[;]| or', 'x|[:]| y']],
  ['before a capital letter', ['of|[ river]| Rhine', 'the|[ late]| John', 'a|[ lake]| Garda']],
  ['first word of a sentence', ['end.|[ But]| we', 'so!|[ And]| it', 'why?|[ Then]| a']],
] as const)('the pattern "%s" is seen', (pattern, texts) => {
  expect(labelOf(texts.map(example))).toMatchObject({ pattern });
});

test('a label never holds more than five words, none twice, whatever the examples are', () => {
  const token = fc.stringMatching(/^[ \n]?[a-zé°0-9.,"]{1,6}$/);
  const anyExample = fc
    .array(fc.tuple(token, fc.integer({ min: 0, max: 9 })), { maxLength: 12 })
    .map((pairs) => ({
      tokens: pairs.map(([text]) => text),
      activations: pairs.map(([, activation]) => activation),
    }));
  fc.assert(
    fc.property(fc.array(anyExample, { maxLength: 12 }), (examples) => {
      const label = labelOf(examples);
      if (!label) return;
      expect(label.words.length).toBeGreaterThan(0);
      expect(label.words.length).toBeLessThanOrEqual(5);
      expect(new Set(label.words).size).toBe(label.words.length);
      expect(label.shared).toBeLessThanOrEqual(label.of);
    }),
  );
});
