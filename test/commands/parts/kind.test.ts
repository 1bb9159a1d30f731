import { expect, test } from 'vitest';
import { kindText } from '../../../commands/parts/kind.js';
import type { FeatureKind, FeatureReport } from '../../../src/core/index.js';

const sae = { layer: 10, feature: 777 } as FeatureReport['sae'];
const kind: FeatureKind = {
  class: 'prediction',
  skewness: { value: 1.3, percentile: 98.2 },
  kurtosis: { value: 9.6, percentile: 99.7 },
  firing: {
    verdict: 'token',
    token: { tokenId: 3, token: ' age' },
    share: { value: 0.83, percentile: 91 },
    active: 40,
    texts: 2048,
  },
};

test('an answer says what kind of feature it is', () => {
  expect(kindText({ sae, kind })).toBe(
    'Kind: prediction feature, token feature, 83% of its activation on ·age (91st percentile), skewness 1.30 (98th percentile), kurtosis 9.60 (99.70th percentile)',
  );
});

test('a feature that never fires has no token', () => {
  const firing = { ...kind.firing, verdict: 'unknown', token: null, share: null, active: 0 } as const;
  expect(kindText({ sae, kind: { ...kind, class: 'none', firing } })).toBe(
    'Kind: token or context: too rare to tell, skewness 1.30 (98th percentile), kurtosis 9.60 (99.70th percentile)',
  );
});

test('where the layer was not measured, the answer says how it is', () => {
  expect(kindText({ sae })).toBe(
    'Kind: the features of layer 10 were not measured yet; kind 10 777 does it, once',
  );
});
