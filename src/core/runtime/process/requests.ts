import { z } from 'zod';
import type { Kind, Request } from '../../features/questions.js';
import { MOST_TEXTS } from '../../report/activate.js';

/** What an operator allows a question to cost. */
export interface WorkLimits {
  nodes: number;
  dreamTokens: number;
}

/** Longest text in characters: no chat sends a longer one. */
const LONGEST_TEXT = 100_000;

/** More than any SAE has. */
const MOST_FEATURES = 2 ** 24;

const model = z.string().min(1);
const index = z.number().int().nonnegative();
const text = z.string().max(LONGEST_TEXT);
const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const strength = z.union([z.number().min(-100).max(100), z.literal('off')]);

/** Parameters that only change the picture. */
const picture = { trim: z.number().min(0).max(1), theme: z.enum(['dark', 'light']) };
const weights = z.enum(['encoder', 'decoder']);
const ghost = {
  centroid: z.boolean(),
  pca: z.number().min(-1).max(1),
  prompt: text,
  close: z.boolean(),
  ...picture,
};
const scale = z.union([z.number().min(0.01).max(100), z.enum(['auto', 'best'])]);

/** Parameters of a definition tree and its token list, within what commands allow. */
const tree = ({ nodes }: WorkLimits) => ({
  ...ghost,
  scale,
  m: z.number().min(0.1).max(5),
  top: whole(1, 20),
  cutoff: z.number().min(1e-8).max(0.1),
  depth: whole(1, 40),
  nodes: whole(1, nodes),
  tokens: whole(1, 500),
  list: z.enum(['near', 'hybrid']),
  prune: z.enum(['on', 'grey', 'off']),
  clamp: strength,
  steer: strength,
});

const address = { model, layer: index, feature: index };
const reading = {
  texts: z.array(text).min(1).max(MOST_TEXTS),
  parameters: z.strictObject({ bos: z.boolean(), ...picture }),
};
const vector = z.strictObject({ layer: index, feature: index, weights });

/**
 * What a request of each kind holds, checked wherever one comes from outside or crosses into another process.
 *
 * @param limits a worker holds to its own
 */
export function requestsWithin(limits: WorkLimits): { [K in Kind]: z.ZodType<Request<K>> } {
  return {
    feature: z.strictObject({ ...address, parameters: z.strictObject({ ...tree(limits), weights }) }),
    compare: z.strictObject({
      model,
      sides: z.tuple([vector, vector]),
      parameters: z.strictObject(tree(limits)),
    }),
    kind: z.strictObject({ ...address, parameters: z.strictObject(picture) }),
    kinds: z.strictObject({ model, layer: index, parameters: z.strictObject(picture) }),
    survey: z.strictObject({
      model,
      layer: index,
      against: z.array(index).max(MOST_FEATURES),
      parameters: z.strictObject(picture),
    }),
    sweep: z.strictObject({ ...address, parameters: z.strictObject({ ...ghost, weights }) }),
    activate: z.strictObject({ ...address, ...reading }),
    strongest: z.strictObject({ model, layer: index, ...reading }),
    dream: z.strictObject({
      ...address,
      parameters: z.strictObject({
        weights,
        prompt: text,
        seed: whole(0, 1e9),
        length: whole(2, 48),
        budget: whole(1, limits.dreamTokens),
        ...picture,
      }),
    }),
  };
}
