import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { InputError } from '../../core/index.js';
import { PROJECT_FOLDER } from '../../files/projectFolder.js';
import type { RegisteredSae } from './sae.js';

export { coverage } from './coverage.js';
export { catalogueEntry } from './entry.js';
export type { RegisteredSae } from './sae.js';
export { whyNotAsked } from './support.js';

const FILE = join('config', 'sae-registry.json.gz');
/** Unpacked, the one that ships has a megabyte. */
const MOST_BYTES = 50_000_000;

/** One value for each SAE of a release, or one for all. */
const column = <Value extends z.ZodType>(value: Value) => z.union([z.array(value.nullable()), value]);

const Release = z.object({
  release: z.string(),
  family: z.string(),
  model: z.string(),
  repo: z.string(),
  loader: z.string(),
  id: z.array(z.string()),
  // "=id" is the id, "{id}" in a text is replaced by it.
  path: z.union([z.array(z.union([z.string(), z.number()])), z.string()]),
  layer: column(z.number().int()),
  site: column(z.string()),
  d_sae: column(z.number().int()),
  arch: column(z.string()),
  l0: column(z.number()).optional(),
  nsf: column(z.number()).optional(),
  np: z.union([z.array(z.string().nullable()), z.record(z.string(), z.string())]).optional(),
  overrides: z
    .looseObject({
      normalize_activations: z.string().optional(),
      model_from_pretrained_kwargs: z
        .looseObject({ center_writing_weights: z.boolean().optional() })
        .optional(),
    })
    .optional(),
});
const File = z.object({ source: z.string(), date: z.string(), releases: z.array(Release) });

/** The list of published SAEs that the field uses, as it ships with ghosttree. */
export interface Registry {
  /** Where it comes from, and of which day it is. */
  source: string;
  date: string;
  saes: RegisteredSae[];
}

/** Reads the registry that ships. @throws {InputError} when it is missing or damaged */
export function readRegistry(): Registry {
  let content: z.infer<typeof File>;
  try {
    const bytes = gunzipSync(readFileSync(join(PROJECT_FOLDER, FILE)), { maxOutputLength: MOST_BYTES });
    content = File.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new InputError(
      `${FILE} cannot be read (${(error as Error).message.slice(0, 100)}): install ghosttree again.`,
    );
  }
  const { source, date, releases } = content;
  return { source, date, saes: releases.flatMap(saesOf) };
}

function saesOf(release: z.infer<typeof Release>): RegisteredSae[] {
  const { id: ids, path, np, overrides } = release;
  const at = <Value>(values: readonly (Value | null)[] | Value | undefined, index: number) =>
    Array.isArray(values)
      ? ((values[index] ?? undefined) as Value | undefined)
      : (values as Value | undefined);
  return ids.map((id, index) => {
    const written = Array.isArray(path)
      ? String(path[index] ?? '')
      : path === '=id'
        ? id
        : path.replace('{id}', id);
    return {
      release: release.release,
      id,
      family: release.family,
      model: release.model,
      repository: release.repo,
      loader: release.loader,
      path: written,
      layer: at(release.layer, index) ?? -1,
      site: at(release.site, index) ?? '',
      features: at(release.d_sae, index) ?? 0,
      architecture: at(release.arch, index) ?? '',
      l0: at(release.l0, index),
      normScalingFactor: at(release.nsf, index),
      neuronpedia: (Array.isArray(np) ? np[index] : np?.[String(index)]) ?? undefined,
      centered: overrides?.model_from_pretrained_kwargs?.center_writing_weights === true,
      normalization: overrides?.normalize_activations,
    };
  });
}

/**
 * SAEs of which every word is a part of release, id, model, repository or Neuronpedia's name; the one that is meant, where
 * two words are a release and an id.
 */
export function searchRegistry(saes: readonly RegisteredSae[], words: readonly string[]): RegisteredSae[] {
  const meant = saes.find(({ release, id }) => words.length === 2 && release === words[0] && id === words[1]);
  if (meant) return [meant];
  const wanted = words.map((word) => word.toLowerCase());
  return saes.filter(({ release, id, model, repository, neuronpedia = '' }) => {
    const text = `${release} ${id} ${model} ${repository} ${neuronpedia}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
