import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feature } from '../../../commands/feature/index.js';
import { parseOptions } from '../../../commands/line/options.js';
import { InputError } from '../../../src/core/report/errors.js';

const parse = (...pairs: [string, string][]) => parseOptions({ values: new Map(pairs) }, feature.options);

test('values are read by their option', () => {
  expect(
    parse(['scale', '4'], ['weights', 'Decoder'], ['close', 'off'], ['cutoff', '1e-4'], ['pca', '-.5']),
  ).toEqual({ scale: 4, weights: 'decoder', close: false, cutoff: 1e-4, pca: -0.5 });
  expect(parse(['prune', 'Grey'])).toEqual({ prune: 'grey' });
  expect(parse(['clamp', '4'], ['steer', 'OFF'])).toEqual({ clamp: 4, steer: 'off' });
  expect(parse(['scale', 'AUTO'])).toEqual({ scale: 'auto' });
});

test.each([
  ['scale', 'abc', 'scale=abc: expected 0.01..64 or auto or best.'],
  ['scale', '', 'scale=: expected 0.01..64 or auto or best.'],
  ['scale', 'Infinity', 'scale=Infinity: expected 0.01..64 or auto or best.'],
  ['scale', '101', 'scale=101: expected 0.01..64 or auto or best.'],
  ['top', '2.5', 'top=2.5: expected a whole number 1..20.'],
  ['depth', '41', 'depth=41: expected a whole number 1..40.'],
  ['weights', 'decodr', 'weights=decodr: expected encoder, decoder, firing. Did you mean "decoder"?'],
  ['prune', 'gray', 'prune=gray: expected on, grey, off. Did you mean "grey"?'],
  ['prompt', 'no slot', 'prompt=no slot: expected a text that contains {ghost} once.'],
  ['prompt', '{ghost} {ghost}', 'prompt={ghost} {ghost}: expected a text that contains {ghost} once.'],
])('%s=%s is refused with what was expected', (key, value, message) => {
  expect(() => parse([key, value])).toThrow(new InputError(message));
});

test('a mistyped key is answered with the nearest one', () => {
  expect(() => parse(['scal', '4'])).toThrow(
    /^There is no option "scal"\. Did you mean "scale"\? Options: model/,
  );
  expect(() => parse(['zzzzzz', '4'])).toThrow(/^There is no option "zzzzzz"\. Options: model, weights/);
});

test('any key and value are either read or refused with one line', () => {
  const names = feature.options.map(({ name }) => name);
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...names), fc.string()),
      fc.string({ unit: 'binary' }),
      (key, value) => {
        try {
          parse([key, value]);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).not.toMatch(/[\n\r]/);
        }
      },
    ),
  );
});
