import { InputError } from '../core/index.js';
import type { HubCommit, HubFile } from './client.js';

/** A file to get, and where it goes. */
export interface WantedFile {
  place: HubCommit;
  file: HubFile;
  /** Path below the model's folder. */
  name: string;
}

const CONFIG = ['config.json', 'tokenizer.json'];
const OPTIONAL = ['tokenizer_config.json'];
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/;

/**
 * The files of its repository that a language model needs.
 *
 * @throws {InputError} when something is missing
 */
export function modelFiles(place: HubCommit, listed: readonly HubFile[]): WantedFile[] {
  const there = (name: string) => listed.some(({ path }) => path === name);
  const missing = CONFIG.find((name) => !there(name));
  if (missing)
    throw new InputError(`${place.repository} has no ${missing}: it is no model that can be used.`);
  const shards = listed.map(({ path }) => path).filter((path) => SHARD.test(path));
  const weights = there(WEIGHTS) ? [WEIGHTS] : there(INDEX) && shards.length > 0 ? [INDEX, ...shards] : [];
  if (weights.length === 0) {
    throw new InputError(
      `${place.repository} has no ${WEIGHTS} (nor shards of it): only weights in that format can be used.`,
    );
  }
  const names = [...CONFIG, ...OPTIONAL.filter(there), ...weights];
  return names.map((name) => ({ place, name, file: listed.find(({ path }) => path === name)! }));
}

/**
 * The files of one SAE: SAELens' two, or Gemma Scope's one.
 *
 * @param path its folder in the repository
 * @throws {InputError} when something is missing
 */
export function saeFiles(place: HubCommit, path: string, listed: readonly HubFile[]): WantedFile[] {
  const find = (name: string) => listed.find((file) => file.path === `${path}/${name}`);
  const sets = [['cfg.json', 'sae_weights.safetensors'], ['params.npz']];
  const names = sets.find((set) => set.every(find));
  if (!names) {
    throw new InputError(
      `${place.repository}/${path} holds no SAE (cfg.json with sae_weights.safetensors, or params.npz): check models.yaml.`,
    );
  }
  return names.map((name) => ({ place, name: `saes/${path}/${name}`, file: find(name)! }));
}
