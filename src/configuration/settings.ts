import { z } from 'zod';
import { DEVICES } from '../core/index.js';

const DAYS = /^(daily|(mon|tue|wed|thu|fri|sat|sun)([,-](mon|tue|wed|thu|fri|sat|sun))*)$/;

const OnOff = z.union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')]);

/** Commands in an hour; 0: any number. */
const PerHour = z.number().int().nonnegative().default(0);
const Hourly = z.strictObject({ person: PerHour, channel: PerHour, workspace: PerHour });

/** Channels as patterns (commands/line/allowed.ts tells which), commands by name; an absent list allows all. */
const AllowLists = z.strictObject({
  channels: z.array(z.string().min(1)).optional(),
  commands: z.array(z.string().min(1)).optional(),
});

/** `ghosttree.yaml`. */
export const Settings = z.strictObject({
  model: z.string(),
  defaults: z.strictObject({
    weights: z.enum(['encoder', 'decoder']),
    scale: z.union([z.number(), z.enum(['auto', 'best'])]),
    centroid: OnOff,
    pca: z.number(),
    m: z.number(),
    top: z.number(),
    cutoff: z.number(),
    trim: z.number(),
    depth: z.number(),
    nodes: z.number(),
    tokens: z.number(),
    list: z.enum(['near', 'hybrid']),
    prompt: z.string(),
    close: OnOff,
    prune: z.enum(['on', 'grey', 'off']),
    clamp: z.union([z.number(), z.literal('off')]),
    steer: z.union([z.number(), z.literal('off')]),
    theme: z.enum(['dark', 'light']),
  }),
  dream: z.strictObject({
    seed: z.number().int().nonnegative(),
    length: z.number().int().positive(),
    budget: z.number().int().positive(),
  }),
  explain: z.strictObject({
    url: z.string().optional(),
    model: z.string().optional(),
    seed: z.number().int().nonnegative(),
    dreamBudget: z.number().int().positive(),
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
    dreamTokens: z.number().int().positive(),
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

export type Settings = z.infer<typeof Settings>;
export type Defaults = Settings['defaults'];
export type HourlyLimits = Settings['limits']['hourly'];
export type AllowLists = Settings['allow'];

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
