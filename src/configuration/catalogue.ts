import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type ModelSource, type ParityBand, type SaeSource, WEIGHT_TYPES } from '../core/index.js';
import { parameterSchema } from '../core/requests.js';
import { readYaml } from './yaml.js';

/** A commit of a repository on the Hugging Face Hub, or a branch or tag. */
export interface HubPlace {
  repository: string;
  revision: string;
}

/** A model of the catalogue, with the places of its files on this machine and on the Hub. */
export interface CatalogueModel extends ModelSource {
  title: string;
  /** Layers that have an SAE, ascending. */
  layers: number[];
  /** Number of features of each SAE. */
  features: number;
  /** Neuronpedia's name of the SAE at a layer, such as `gemma-2b/10-res-jb`, for layers that it has. */
  neuronpedia: Record<number, string>;
  /** Defaults of options for this model, where they differ from ghosttree.yaml. */
  defaults: ModelDefaults;
  /** Set when the files are on other machines, whose workers answer. */
  elsewhere?: true;
  /** Absent for a model whose files are all in the operator's folder. */
  hub?: ModelDownload | undefined;
}

/** What `ghosttree pull` downloads. */
export interface ModelDownload {
  /** Absolute path of the folder that pulled files go to. */
  folder: string;
  model?: HubPlace | undefined;
  /** With the SAE's folder in the repository by layer. */
  saes?: (HubPlace & { paths: Record<number, string> }) | undefined;
  /** Layers that are pulled when none are named. */
  layers: number[];
}

export type ModelDefaults = z.infer<typeof Defaults>;

/** How far a result may be from the published one, since texts and token counts differ from the authors'. */
const L0_FACTOR = 2;
const EXPLAINED_VARIANCE_MARGIN = 0.15;

/** A pattern in which `{layer}` and `{hook}` are replaced. */
const Pattern = z.string().min(1);

/** A path inside a repository; it is used as a path on this machine, too, so it must not lead out of its folder. */
const RepositoryPath = Pattern.refine(
  (path) => path.split('/').every((part) => /^(?!\.+$)[\w.{}+=,-]+$/.test(part)),
  'expected a folder of the repository, such as blocks.{layer}.hook_resid_pre',
);

const Hub = z.strictObject({
  repository: z
    .string()
    .regex(
      /^[\w-][\w.-]*\/[\w-][\w.-]*$/,
      'expected the name of a repository, such as openai-community/gpt2',
    ),
  revision: z
    .string()
    .regex(/^(?!\.)[\w.-]+$/, 'expected a commit, a branch or a tag')
    .default('main'),
});

const Range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, {
  message: 'expected the lower bound first',
});

const Defaults = z.strictObject({
  weights: parameterSchema('weights').optional(),
  at: parameterSchema('at').optional(),
  scale: parameterSchema('scale').optional(),
});

const Parity = z.strictObject({
  l0: z.union([z.number().positive(), Range]).optional(),
  explainedVariance: z.union([z.number().max(1), Range]).optional(),
});

const Layer = z
  .strictObject({
    path: RepositoryPath.optional(),
    hook: Pattern.optional(),
    neuronpedia: z.literal(false).optional(),
    normScalingFactor: z.number().positive().optional(),
    parity: Parity.optional(),
    caution: z.string().optional(),
  })
  .nullable();

const Saes = z
  .strictObject({
    release: z.string(),
    hook: Pattern,
    features: z.number().int().positive(),
    neuronpedia: Pattern.optional(),
    folder: Pattern.optional(),
    hub: Hub.optional(),
    path: RepositoryPath.optional(),
    centered: z.boolean().optional(),
    pull: z.array(z.number().int().nonnegative()).min(1).optional(),
    layers: z
      .record(z.string().regex(/^\d{1,4}$/, 'expected layers, such as 10'), Layer)
      .refine((layers) => Object.keys(layers).length > 0, 'expected at least one layer'),
  })
  .refine(({ folder, hub }) => (folder === undefined) !== (hub === undefined), 'expected folder or hub')
  .refine(({ hub, path, layers }) => !hub || path || Object.values(layers).every((layer) => layer?.path), {
    path: ['path'],
    message: 'expected the folder of the SAEs in the repository, such as blocks.{layer}.hook_resid_pre',
  })
  .refine(({ pull = [], layers }) => pull.every((layer) => String(layer) in layers), {
    path: ['pull'],
    message: 'expected layers that have an SAE',
  });

const Entry = z
  .strictObject({
    title: z.string(),
    folder: z.string().optional(),
    hub: Hub.optional(),
    dtype: z.enum(WEIGHT_TYPES).default('stored'),
    defaults: Defaults.default({}),
    sae: Saes,
  })
  .refine(({ folder, hub }) => (folder === undefined) !== (hub === undefined), 'expected folder or hub');

const Catalogue = z.record(
  // An id is typed in commands and names a folder.
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'expected an id of lower-case letters, digits, ".", "_" and "-"'),
  Entry,
);

/**
 * Reads the model catalogue.
 *
 * @param folders absolute paths: what `folder` of an entry is relative to, and where pulled models lie
 * @throws {InputError} names the file and the field that is wrong
 */
export function readCatalogue(
  file: string,
  folders: { project: string; models: string },
): Map<string, CatalogueModel> {
  const entries = Object.entries(readYaml(file, Catalogue));
  return new Map(entries.map(([id, entry]) => [id, catalogueModel(id, entry, folders)]));
}

function catalogueModel(
  id: string,
  { title, folder, hub, dtype, defaults, sae }: z.infer<typeof Entry>,
  { project, models }: { project: string; models: string },
): CatalogueModel {
  const pulled = join(models, id);
  const saes: Record<number, SaeSource> = {};
  const paths: Record<number, string> = {};
  const neuronpedia: Record<number, string> = {};
  const layers = Object.keys(sae.layers).map(Number);
  layers.sort((a, b) => a - b);
  for (const layer of layers) {
    const layerEntry = sae.layers[layer] ?? {};
    const hook = (layerEntry.hook ?? sae.hook).replaceAll('{layer}', String(layer));
    const filled = (pattern: string) =>
      pattern.replaceAll('{layer}', String(layer)).replaceAll('{hook}', hook);
    const path = filled(layerEntry.path ?? sae.path ?? '');
    const place = sae.hub ? join(pulled, 'saes', path) : resolve(project, filled(sae.folder!));
    const parity = {
      ...bandOf(layerEntry.parity ?? {}),
      ...(layerEntry.caution && { caution: layerEntry.caution }),
    };
    saes[layer] = {
      hook,
      folder: place,
      ...(sae.centered !== undefined && { centered: sae.centered }),
      ...(layerEntry.normScalingFactor && { normScalingFactor: layerEntry.normScalingFactor }),
      ...(Object.keys(parity).length > 0 && { parity }),
    };
    if (sae.hub) paths[layer] = path;
    if (sae.neuronpedia && layerEntry.neuronpedia !== false) neuronpedia[layer] = filled(sae.neuronpedia);
  }
  const download = hub || sae.hub;
  return {
    id,
    title,
    release: sae.release,
    features: sae.features,
    neuronpedia,
    layers,
    saes,
    defaults,
    folder: folder === undefined ? pulled : resolve(project, folder),
    prepared: join(pulled, 'prepared'),
    dtype,
    ...(download && {
      hub: {
        folder: pulled,
        model: hub,
        saes: sae.hub && { ...sae.hub, paths },
        layers: sae.hub ? (sae.pull ?? layers) : [],
      },
    }),
  };
}

/**
 * The range in which the parity check's results should be: around a release's published numbers (L0 within a factor of
 * 2, explained variance within 0.15), or as given in the catalogue.
 */
export function bandOf({ l0, explainedVariance }: z.infer<typeof Parity>): ParityBand {
  const band: ParityBand = {};
  if (l0 !== undefined) band.l0 = typeof l0 === 'number' ? [l0 / L0_FACTOR, l0 * L0_FACTOR] : l0;
  if (typeof explainedVariance === 'number') {
    const high = Math.min(1, explainedVariance + EXPLAINED_VARIANCE_MARGIN);
    band.explainedVariance = [explainedVariance - EXPLAINED_VARIANCE_MARGIN, high];
  } else if (explainedVariance) band.explainedVariance = explainedVariance;
  return band;
}
