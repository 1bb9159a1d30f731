import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  type Asked,
  askedBy,
  type CoreSettings,
  DEVICES,
  InputError,
  type OptionsOf,
  optionsOf,
  PARAMETER_NAMES,
  PARAMETERS,
  type ParameterCommand,
  type ParameterName,
  type ParameterValues,
  parameterNamed,
  parameterSchema,
} from '../core/index.js';
import type { JobLimits } from '../jobs/index.js';
import { type CatalogueModel, readCatalogue } from './catalogue.js';
import { readManifest } from './manifest.js';
import { readYaml } from './yaml.js';

export type { CatalogueModel } from './catalogue.js';

/** Of the machine's memory, for open models; the rest is for everything else. */
const SHARE_OF_MEMORY = 0.6;

const DAYS = /^(daily|(mon|tue|wed|thu|fri|sat|sun)([,-](mon|tue|wed|thu|fri|sat|sun))*)$/;

/** Commands in an hour; 0: any number. */
const PerHour = z.number().int().nonnegative().default(0);
const Hourly = z.strictObject({ person: PerHour, channel: PerHour, workspace: PerHour });

/** Channels as patterns (commands/line/allowed.ts tells which), commands by name; an absent list allows all. */
const AllowLists = z.strictObject({
  channels: z.array(z.string().min(1)).optional(),
  commands: z.array(z.string().min(1)).optional(),
});

/** What `defaults` may say, and `dream`, which has what only `/dream` takes. */
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
  /** How long it is remembered who changed schedules and settings. */
  auditDays: z.number().positive().default(365),
  inference: z.strictObject({
    threads: z.union([z.literal('auto'), z.number().int().positive()]),
    device: z.enum(DEVICES).default('cpu'),
    memoryMegabytes: z.union([z.literal('auto'), z.number().positive()]).default('auto'),
    batch: z.number().int().positive(),
  }),
});

/** With no default above what the operator allows. */
const Limited = Settings.transform((settings) => {
  const { defaults, dream, limits } = settings;
  return {
    ...settings,
    defaults: { ...defaults, nodes: Math.min(defaults.nodes, limits.nodes) },
    dream: { ...dream, budget: Math.min(dream.budget, limits.dreamTokens) },
  };
});

export type Settings = z.infer<typeof Limited>;
export type HourlyLimits = Settings['limits']['hourly'];
export type AllowLists = Settings['allow'];

export interface Configuration {
  settings: Settings;
  /** By id, in the order of the file. */
  models: Map<string, CatalogueModel>;
}

/** Folder of this project: the nearest one above this file that holds package.json is where models/ lies. */
export const PROJECT_FOLDER = findProjectFolder(dirname(fileURLToPath(import.meta.url)));

/** Where pulled models lie, and what is derived from models: the folder named by GHOSTTREE_MODELS, or `data/models`. */
export function modelsFolder(): string {
  return resolve(process.env.GHOSTTREE_MODELS || join(PROJECT_FOLDER, 'data/models'));
}

/**
 * Reads `ghosttree.yaml` and `models.yaml`.
 *
 * @param folder default: the folder named by GHOSTTREE_CONFIG, or this project's `config/`
 * @throws {InputError} when a file is missing or says something it must not
 */
export function readConfiguration(
  folder = process.env.GHOSTTREE_CONFIG || join(PROJECT_FOLDER, 'config'),
): Configuration {
  const settings = readYaml(join(folder, 'ghosttree.yaml'), Limited);
  const models = readCatalogue(join(folder, 'models.yaml'), {
    project: PROJECT_FOLDER,
    models: modelsFolder(),
  });
  // Who pulled a model may have chosen another weight type for it.
  for (const model of models.values()) model.dtype = readManifest(model)?.dtype ?? model.dtype;
  if (!models.has(settings.model)) {
    throw new InputError(
      `ghosttree.yaml: model "${settings.model}" is not in models.yaml (${[...models.keys()].join(', ')}).`,
    );
  }
  return { settings, models };
}

/** What the parameters of a command about this model are worth where they are not given. */
export function defaultsFor(
  command: ParameterCommand,
  model: CatalogueModel,
  settings: Settings,
): Omit<ParameterValues, 'model'> {
  const variants = PARAMETER_NAMES.flatMap((name) => {
    const value = parameterNamed(name).variants?.[command]?.default;
    return value === undefined ? [] : [[name, value]];
  });
  return {
    bos: PARAMETERS.bos.default,
    ...settings.defaults,
    ...settings.dream,
    ...(model.defaults as Partial<ParameterValues>),
    ...Object.fromEntries(variants),
  };
}

/** The parameters of a command's question about this model where none are given. */
export function defaultsOf<Command extends ParameterCommand = 'feature'>(
  model: CatalogueModel,
  settings: Settings,
  command = 'feature' as Command,
): Asked<Command> {
  const values = defaultsFor(command, model, settings);
  const asked = askedBy(command) as (keyof typeof values)[];
  return Object.fromEntries(asked.map((name) => [name, values[name]])) as Asked<Command>;
}

/** The inference core's settings, in its units. */
export function coreSettings({ limits, inference }: Settings): CoreSettings {
  return {
    threads:
      inference.threads === 'auto' ? Math.min(4, Math.max(1, availableParallelism() - 1)) : inference.threads,
    device: inference.device,
    memoryBytes:
      inference.memoryMegabytes === 'auto'
        ? SHARE_OF_MEMORY * machineMemory()
        : inference.memoryMegabytes * 1e6,
    batch: inference.batch,
    treeMilliseconds: limits.treeSeconds * 1000,
    textMilliseconds: limits.textSeconds * 1000,
    listMilliseconds: limits.listSeconds * 1000,
    dreamMilliseconds: limits.dreamSeconds * 1000,
    stallMilliseconds: limits.stallSeconds * 1000,
    graceMilliseconds: limits.graceSeconds * 1000,
  };
}

/** Bytes of memory that this process may use: the machine's, or those of its container where that has fewer. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  // Without a limit some systems say 0, others a number beyond all bounds.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** The job queue's limits, in its units. */
export function jobLimits({ limits }: Settings): JobLimits {
  return {
    perPerson: limits.perPerson,
    perChannel: limits.perChannel,
    perWorkspace: limits.perWorkspace,
    altogether: limits.questions,
    cacheBytes: limits.cacheMegabytes * 1e6,
    cacheSeconds: limits.cacheHours * 3600,
  };
}

/** Parameters of which a file says what they are worth, each in its line or as in the table. */
function block<Name extends Exclude<ParameterName, 'model'>>(
  names: readonly Name[],
): z.ZodType<Pick<ParameterValues, Name>> {
  const shape = Object.fromEntries(
    names.map((name) => [name, written(name).default(parameterNamed(name).default)]),
  );
  return z.strictObject(shape) as unknown as z.ZodType<Pick<ParameterValues, Name>>;
}

/** A parameter as a file has it: switches are words. */
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

function findProjectFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    try {
      readFileSync(join(folder, 'package.json'));
      return folder;
    } catch {
      if (folder === dirname(folder)) throw new Error('package.json not found above the program');
    }
  }
}
