import { z } from 'zod';
import type { QuestionKind, Request } from '../../features/questions.js';
import { MOST_TEXTS } from '../../report/activate.js';
import { askedSchema, parameterSchema } from '../../report/parameterSchemas.js';
import { LONGEST_TEXT, type WorkLimits } from '../../report/rules.js';

/** More than any SAE has. */
const MOST_FEATURES = 2 ** 24;
/** More than any model has. */
const MOST_LAYERS = 1000;

const model = z.string().min(1);
const index = z.number().int().nonnegative();
const address = { model, layer: index, feature: index };
const texts = z.array(z.string().max(LONGEST_TEXT)).min(1).max(MOST_TEXTS);
const vector = z.strictObject({ layer: index, feature: index, weights: parameterSchema('weights') });

/**
 * What a request of each kind holds, checked wherever one comes from outside or crosses into another process.
 *
 * @param limits of the machine that checks: a worker applies its own
 */
export function requestsWithin(limits: WorkLimits): { [K in QuestionKind]: z.ZodType<Request<K>> } {
  const compared = askedSchema('compare', limits);
  const picture = askedSchema('kind', limits);
  const reading = { texts, parameters: askedSchema('activate', limits) };
  return {
    feature: z.strictObject({ ...address, parameters: askedSchema('feature', limits) }),
    compare: z.strictObject({ model, sides: z.tuple([vector, vector]), parameters: compared }),
    kind: z.strictObject({ ...address, parameters: picture }),
    kinds: z.strictObject({ model, layer: index, parameters: picture }),
    near: z.strictObject({
      ...address,
      layers: z.array(index).min(1).max(MOST_LAYERS),
      parameters: askedSchema('near', limits),
    }),
    survey: z.strictObject({
      model,
      layer: index,
      against: z.array(index).max(MOST_FEATURES),
      parameters: picture,
    }),
    sweep: z.strictObject({ ...address, parameters: askedSchema('sweep', limits) }),
    activate: z.strictObject({ ...address, ...reading }),
    strongest: z.strictObject({ model, layers: z.array(index).min(1).max(MOST_LAYERS), ...reading }),
    dream: z.strictObject({ ...address, parameters: askedSchema('dream', limits) }),
  };
}
