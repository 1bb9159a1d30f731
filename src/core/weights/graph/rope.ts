import { z } from 'zod';
import { InputError } from '../../report/errors.js';

const Positive = z.number().positive();

/** The keys of config.json that say how positions are turned; transformers 5 writes them all into `rope_parameters`. */
export const ropeConfig = {
  rope_theta: Positive.nullish(),
  rope_scaling: z.looseObject({}).nullish(),
  rope_parameters: z.looseObject({}).nullish(),
};
type RopeConfig = z.infer<z.ZodObject<typeof ropeConfig>>;

/** What transformers takes where no file says otherwise. */
const DEFAULT_THETA = 10_000;

/** From one frequency, the i-th, to the scaled one. */
type Scale = (frequency: number, i: number) => number;

/** A way of scaling: all the keys that it reads, and what it makes of a frequency. */
function way<Shape extends z.ZodRawShape>(
  shape: Shape,
  scale: (parameters: z.infer<z.ZodObject<Shape>>) => Scale,
) {
  const schema = z.strictObject(shape);
  return (written: object) => {
    const parsed = schema.safeParse(written);
    return parsed.success ? scale(parsed.data) : parsed.error.issues[0]!;
  };
}

/** The ways that are implemented. */
const WAYS = {
  default: way({}, () => (frequency) => frequency),
  linear: way(
    { factor: Positive },
    ({ factor }) =>
      (frequency) =>
        frequency / factor,
  ),
  llama3: way(
    {
      factor: Positive,
      low_freq_factor: Positive,
      high_freq_factor: Positive,
      original_max_position_embeddings: Positive,
    },
    ({ factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: length }) =>
      (frequency) => {
        // Turns within the original context: frequencies with few of them are divided, those with many stay.
        const turns = (length * frequency) / (2 * Math.PI);
        const stay = Math.min(1, Math.max(0, (turns - low) / (high - low)));
        return frequency * (stay + (1 - stay) / factor);
      },
  ),
  /** GGUF's form of llama3: what each frequency is divided by. */
  divisors: way(
    { divisors: z.array(Positive) },
    ({ divisors }) =>
      (frequency, i) =>
        frequency / divisors[i]!,
  ),
};

/** Keys that change no number where they have this value. */
const NEUTRAL: Record<string, (value: unknown, type: string) => boolean> = {
  rope_type: () => true,
  type: () => true,
  rope_theta: () => true, // is read beside the way
  partial_rotary_factor: (value) => value === 1,
  original_max_position_embeddings: (_, type) => type === 'default' || type === 'linear',
};

/**
 * Frequencies of rotary positions (Su et al. 2021), base^(-2i / headSize) for i = 0..headSize / 2 - 1, scaled as the
 * config says.
 *
 * @returns radians per position [headSize / 2]
 * @throws {InputError} when the way of scaling is not implemented, or keys of it are missing or unknown
 */
export function ropeFrequencies(config: RopeConfig, headSize: number): number[] {
  const key = config.rope_scaling ? 'rope_scaling' : 'rope_parameters';
  const written = config[key] ?? {};
  const type = String(written.rope_type ?? written.type ?? 'default');
  if (!Object.hasOwn(WAYS, type))
    throw new InputError(
      `config.json: ${key} of type "${type}" is not supported; known: default, linear, llama3.`,
    );
  const parameters = Object.fromEntries(
    Object.entries(written).filter(([name, value]) => value !== null && !NEUTRAL[name]?.(value, type)),
  );
  const scale = WAYS[type as keyof typeof WAYS](parameters);
  if (typeof scale !== 'function')
    throw new InputError(`config.json: ${[key, ...scale.path].join('.')} (${type}): ${scale.message}.`);
  const theta = Positive.safeParse(written.rope_theta ?? config.rope_theta ?? DEFAULT_THETA);
  if (!theta.success) throw new InputError(`config.json: ${key}.rope_theta: expected a positive number.`);
  const half = headSize / 2;
  return Array.from({ length: half }, (_, i) => scale(theta.data ** (-i / half), i));
}
