import type { Rule, ValueOf } from './rules.js';

/** Commands that take parameters. `/settings` takes those of `/feature`. */
export type ParameterCommand =
  | 'feature'
  | 'explain'
  | 'activate'
  | 'sweep'
  | 'compare'
  | 'kind'
  | 'near'
  | 'dream';

/** What describes a parameter, besides the values that it accepts. */
interface Description {
  /** Value where neither the configuration nor the command line says otherwise; the model is the configuration's. */
  default?: number | string | boolean;
  /** Of numbers. */
  unit?: string;
  meaning: string;
  /** Which commands take it as an option. */
  commands: readonly ParameterCommand[];
  /** Where a command means something else by it, or has another default. */
  variants?: Partial<Record<ParameterCommand, { meaning: string; default?: number | string | boolean }>>;
}

/** A row of the table. */
export type Parameter = Rule & Description;

/**
 * Every parameter of the methods, once: options of commands, help, the configuration's and the queue's schemas and the
 * table in docs/methods.md, which has the formulas, are made of these rows. The order is that of help.
 */
export const PARAMETERS = {
  model: {
    kind: 'text',
    expected: 'a model of the catalogue',
    meaning: 'which model and SAE release',
    commands: ['feature', 'explain', 'activate', 'sweep', 'compare', 'kind', 'near', 'dream'],
  },
  weights: {
    kind: 'choice',
    choices: ['encoder', 'decoder', 'firing'],
    default: 'encoder',
    meaning: 'which vector of the feature; firing: what the model holds where it fires',
    commands: ['feature', 'explain', 'sweep', 'compare', 'dream'],
    variants: { compare: { meaning: 'which vector of two features' } },
  },
  /** Where the ghost is put; reports hold the place that a word stood for. */
  at: {
    kind: 'whole',
    range: [0, 999],
    words: ['best', 'input', 'sae', 'learned'],
    default: 'best',
    unit: 'block',
    meaning:
      "where the ghost is put: input embedding, after a block (a number), the SAE's hook, or as learned",
    commands: ['feature', 'compare'],
  },
  /** Distance of the ghost from the place's mean; reports hold the number that a word stood for. */
  scale: {
    kind: 'number',
    range: [0.01, 64],
    words: ['auto', 'best'],
    default: 'best',
    unit: 'typical distances',
    meaning: "distance of the ghost from the place's mean; auto: 1; best: what reads back most",
    commands: ['feature', 'compare'],
    variants: {
      compare: { meaning: "distance of each ghost from the place's mean; best: one for both" },
    },
  },
  centroid: {
    kind: 'switch',
    default: true,
    meaning: "offset by the place's mean",
    commands: ['feature', 'sweep'],
  },
  pca: {
    kind: 'number',
    range: [-1, 1],
    default: 0,
    unit: 'share',
    meaning: 'share of the first principal component, at=input only',
    commands: ['feature', 'sweep'],
  },
  m: {
    kind: 'number',
    range: [0.1, 5],
    default: 1.4,
    meaning: 'exponent of the token list',
    commands: ['feature'],
  },
  top: {
    kind: 'whole',
    range: [1, 20],
    default: 5,
    unit: 'tokens',
    meaning: 'children looked at per node',
    commands: ['feature', 'compare'],
  },
  /** The cutoff that is asked for; `tree.cutoff` of a report is the one that the tree is exact for. */
  cutoff: {
    kind: 'number',
    range: [1e-8, 0.1],
    default: 5e-5,
    unit: 'probability',
    meaning: 'smallest cumulative probability grown',
    commands: ['feature', 'compare'],
  },
  /** Concerns the picture only; every question has it. */
  trim: {
    kind: 'number',
    range: [0, 1],
    default: 1e-4,
    unit: 'probability',
    meaning: 'smallest cumulative probability drawn',
    commands: ['feature'],
  },
  depth: {
    kind: 'whole',
    range: [1, 40],
    default: 25,
    unit: 'tokens',
    meaning: 'longest definition in tokens',
    commands: ['feature'],
  },
  nodes: {
    kind: 'whole',
    range: [1, Number.POSITIVE_INFINITY],
    limit: 'nodes',
    default: 5000,
    unit: 'nodes',
    meaning: 'node budget',
    commands: ['feature', 'compare'],
  },
  tokens: {
    kind: 'whole',
    range: [1, 500],
    default: 100,
    unit: 'tokens',
    meaning: 'length of the list',
    commands: ['feature', 'compare'],
  },
  /** What ranks the token list: nearness to the ghost, or the activation that tokens cause. */
  list: {
    kind: 'choice',
    choices: ['near', 'hybrid'],
    default: 'near',
    meaning: 'tokens near the ghost, or those that activate the feature',
    commands: ['feature'],
  },
  prompt: {
    kind: 'text',
    expected: 'a text that contains {ghost} once',
    once: '{ghost}',
    verbatim: true,
    default: 'A typical definition of "{ghost}" would be "',
    meaning: 'base prompt',
    commands: ['feature', 'sweep', 'dream'],
  },
  close: {
    kind: 'switch',
    default: true,
    meaning: 'end a branch at the closing quote',
    commands: ['feature', 'sweep'],
  },
  /** What becomes of branches that the model says for any ghost. */
  prune: {
    kind: 'choice',
    choices: ['on', 'grey', 'off'],
    default: 'on',
    meaning: 'branches that every ghost has: leave out, grey or show',
    commands: ['feature', 'compare'],
  },
  /** The activation at which the feature is held while its definition grows, in units of its maximum. */
  clamp: {
    kind: 'number',
    range: [-100, 100],
    words: ['off'],
    default: 'off',
    unit: 'maxima',
    meaning: 'hold the feature at so many times its maximum',
    commands: ['feature'],
  },
  /** How much of the feature's decoder vector is added while its definition grows, in units of its maximum. */
  steer: {
    kind: 'number',
    range: [-100, 100],
    words: ['off'],
    default: 'off',
    unit: 'maxima',
    meaning: 'add its decoder vector, so many times its maximum',
    commands: ['feature'],
  },
  /** Whether the token at the beginning of every sequence, where activations are out of the ordinary, counts. */
  bos: {
    kind: 'switch',
    default: false,
    meaning: 'count the token that begins every sequence',
    commands: ['activate'],
  },
  theme: {
    kind: 'choice',
    choices: ['dark', 'light', 'print'],
    default: 'dark',
    meaning: 'colours of the picture',
    commands: ['feature', 'explain', 'activate', 'sweep', 'compare', 'kind', 'dream'],
  },
  /** Seed of the random numbers: the same seed gives the same texts. */
  seed: {
    kind: 'whole',
    range: [0, 1e9],
    default: 1,
    meaning: 'what chance begins with',
    commands: ['dream'],
  },
  /** Longest text in tokens. */
  length: {
    kind: 'whole',
    range: [2, 48],
    default: 24,
    unit: 'tokens',
    meaning: 'longest text in tokens',
    commands: ['dream'],
  },
  /** Tokens that the model may read; fewer than the least are spent before the search begins. */
  budget: {
    kind: 'whole',
    range: [1000, Number.POSITIVE_INFINITY],
    limit: 'dreamTokens',
    default: 40_000,
    unit: 'tokens',
    meaning: 'tokens that the search may read',
    commands: ['dream'],
  },
} as const satisfies Record<string, Parameter>;

type Table = typeof PARAMETERS;
export type ParameterName = keyof Table;

export const PARAMETER_NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The row of a parameter, as any row may be. */
export function parameterNamed(name: ParameterName): Parameter {
  return PARAMETERS[name];
}

/** The value of every parameter, as it is asked for. */
export type ParameterValues = { -readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** Names of the parameters that a command takes as options. */
export type OptionsOf<Command extends ParameterCommand> = {
  [Name in ParameterName]: Command extends Table[Name]['commands'][number] ? Name : never;
}[ParameterName];

/**
 * Names of the parameters of a command's question. `/explain` and `/compare` ask what `/feature` asks, but a
 * comparison names the weights of each of its vectors.
 */
export type AskedBy<Command extends ParameterCommand> =
  | Exclude<
      OptionsOf<Command extends 'explain' | 'compare' ? 'feature' : Command>,
      'model' | (Command extends 'compare' ? 'weights' : never)
    >
  | 'trim';

/** Parameters of a command's question, as they are asked for. */
export type Asked<Command extends ParameterCommand> = Pick<ParameterValues, AskedBy<Command>>;

/** Every option of `/feature` as it was used, nothing left at "auto". See docs/methods.md. */
export type FeatureParameters = Omit<Asked<'feature'>, 'scale' | 'at'> & GhostSetting;

/** Where a ghost is put, and how far from the mean of that place. */
export interface GhostSetting {
  /** `input`: in place of a token's embedding; a block's number: of the residual stream after it; `learned`: as learned. */
  at: GhostPlace;
  /** Distance from the mean of the place, in its typical distances; for `learned`, in what was learned. */
  scale: number;
}

/** A place that a ghost can be put in. */
export type GhostPlace = 'input' | 'learned' | number;

/** The parameters that a command takes as options, in the table's order. */
export function optionsOf<Command extends ParameterCommand>(command: Command): OptionsOf<Command>[] {
  const taken = PARAMETER_NAMES.filter((name) => parameterNamed(name).commands.includes(command));
  return taken as OptionsOf<Command>[];
}

/** The parameters of a command's question, in the table's order. */
export function askedBy<Command extends ParameterCommand>(command: Command): AskedBy<Command>[] {
  const taken: ParameterName[] = optionsOf(
    command === 'explain' || command === 'compare' ? 'feature' : command,
  );
  const excluded = command === 'compare' ? ['model', 'weights'] : ['model'];
  const asked = PARAMETER_NAMES.filter(
    (name) => name === 'trim' || (taken.includes(name) && !excluded.includes(name)),
  );
  return asked as AskedBy<Command>[];
}
