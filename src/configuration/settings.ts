import { z } from 'zod';
import {
  askedBy,
  DEVICES,
  type OptionsOf,
  optionsOf,
  PARAMETERS,
  type ParameterName,
  type ParameterValues,
  parameterNamed,
} from '../core/index.js';
import { parameterSchema } from '../core/requests.js';

const DAYS = /^(daily|(mon|tue|wed|thu|fri|sat|sun)([,-](mon|tue|wed|thu|fri|sat|sun))*)$/;

/** Commands per hour; 0 means any number. */
const PerHour = z.number().int().nonnegative().default(0);
const Hourly = z.strictObject({ person: PerHour, channel: PerHour, workspace: PerHour });

/** Channels as patterns (see commands/line/allowed.ts), commands by name; an absent list allows all. */
const AllowLists = z.strictObject({
  channels: z.array(z.string().min(1)).optional(),
  commands: z.array(z.string().min(1)).optional(),
});

/** Parameters that `defaults` may set, and those that `dream` may set, which only `/dream` takes. */
const FEATURE_DEFAULTS = askedBy('feature');
const DREAM_DEFAULTS = optionsOf('dream').filter(
  (name): name is Exclude<typeof name, OptionsOf<'feature'>> =>
    !(optionsOf('feature') as ParameterName[]).includes(name),
);

const Settings = z.strictObject({
  model: z.string(),
  defaults: block(FEATURE_DEFAULTS).prefault({}),
  dream: block(DREAM_DEFAULTS).prefault({}),
  explain: z.strictObject({
    url: z.string().optional(),
    model: z.string().optional(),
    seed: z.number().int().nonnegative(),
    dreamBudget: parameterSchema('budget'),
    seconds: z.number().positive(),
    outputTokens: z.number().int().positive(),
    requests: z.number().int().positive(),
    perHour: z.number().int().nonnegative(),
  }),
  daily: z
    .strictObject({
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time, as 09:00'),
      zone: z.string().refine(isZone, 'expected the name of a time zone, as Europe/Berlin'),
      days: z.string().regex(DAYS, 'expected daily, or days such as mon-fri or mon,wed'),
      pick: z.enum(['random', 'interesting']),
    })
    .default({ at: '09:00', zone: 'Europe/Berlin', days: 'mon-fri', pick: 'interesting' }),
  limits: z.strictObject({
    nodes: z.number().int().positive(),
    treeSeconds: z.number().positive(),
    textSeconds: z.number().positive(),
    listSeconds: z.number().positive(),
    dreamSeconds: z.number().positive(),
    dreamTokens: z.number().int().min(PARAMETERS.budget.range[0]),
    stallSeconds: z.number().positive(),
    graceSeconds: z.number().positive(),
    drainSeconds: z.number().nonnegative().max(600).default(20),
    perPerson: z.number().int().positive(),
    perChannel: z.number().int().positive(),
    perWorkspace: z.number().int().positive().default(25),
    hourly: Hourly.prefault({}),
    questions: z.number().int().positive(),
    cacheMegabytes: z.number().positive(),
    cacheHours: z.number().positive(),
  }),
  allow: AllowLists.extend({
    /** By platform (`slack`) or workspace (`slack:T0123`): lists that count there instead. */
    where: z.record(z.string(), AllowLists).default({}),
  }).prefault({}),
  /** Days for which changes of schedules and settings are recorded. */
  auditDays: z.number().positive().default(365),
  inference: z.strictObject({
    threads: z.union([z.literal('auto'), z.number().int().positive()]),
    device: z.enum(DEVICES).default('cpu'),
    memoryMegabytes: z.union([z.literal('auto'), z.number().positive()]).default('auto'),
    batch: z.number().int().positive(),
  }),
});

/** `ghosttree.yaml`, with no default above what the operator allows. */
export const LimitedSettings = Settings.transform((settings) => {
  const { defaults, dream, limits } = settings;
  return {
    ...settings,
    defaults: { ...defaults, nodes: Math.min(defaults.nodes, limits.nodes) },
    dream: { ...dream, budget: Math.min(dream.budget, limits.dreamTokens) },
  };
});

export type Settings = z.infer<typeof LimitedSettings>;
export type HourlyLimits = Settings['limits']['hourly'];
export type AllowLists = Settings['allow'];

/** Parameters with the values that a file sets, else those of the parameter table. */
function block<Name extends Exclude<ParameterName, 'model'>>(
  names: readonly Name[],
): z.ZodType<Pick<ParameterValues, Name>> {
  const shape = Object.fromEntries(
    names.map((name) => [name, written(name).default(parameterNamed(name).default)]),
  );
  return z.strictObject(shape) as unknown as z.ZodType<Pick<ParameterValues, Name>>;
}

/** A parameter as it is written in a file: switches are words. */
function written(name: ParameterName): z.ZodType<unknown> {
  const schema = parameterSchema(name);
  if (parameterNamed(name).kind !== 'switch') return schema;
  return z.preprocess((value) => (value === 'on' || value === 'off' ? value === 'on' : value), schema);
}

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
