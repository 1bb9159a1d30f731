import { posix } from 'node:path';
import { InputError } from '../core/index.js';
import type { HubCommit, HubFile } from './client.js';

/** A file to get, and where it goes. */
export interface WantedFile {
  place: HubCommit;
  file: HubFile;
  /** Path below the model's folder. */
  name: string;
}

const { basename, dirname, join } = posix;

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

/** Names of the files of one SAE in its folder, by format (`core/weights/sae/formats`). */
const SAE_FILES = [
  ['cfg.json', 'sae_weights.safetensors'],
  ['params.npz'],
  ['config.json', 'params.safetensors'],
  ['config.json', 'ae.pt'],
  ['hyperparams.json', 'checkpoints/final.safetensors'],
  ['cfg.json', 'sae.safetensors'],
  ['config.json', 'sae_weights.safetensors'],
];

/**
 * The files of one SAE.
 *
 * @param path its folder in the repository, or its file where it is one of PyTorch
 * @throws {InputError} when something is missing
 */
export function saeFiles(place: HubCommit, path: string, listed: readonly HubFile[]): WantedFile[] {
  const file = basename(path);
  // Some folders of SAELens are called .pt, too.
  const isFile = /\.(pt|pth)$/.test(file) && listed.some((one) => one.path === path);
  const folder = isFile ? dirname(path) : path;
  const find = (name: string) => listed.find((one) => one.path === join(folder, name));
  // Qwen Scope's config stands beside the SAEs of all layers; files that need none may stand beside another one.
  const sets = isFile ? [/^layer\d+\.sae\.pt$/.test(file) ? ['config.json', file] : [file]] : SAE_FILES;
  const names = sets.find((set) => set.every(find));
  if (!names) {
    const known = sets.map((set) => set.join(' with ')).join('; ');
    throw new InputError(`${place.repository}/${path} holds no SAE (${known}): check models.yaml.`);
  }
  return names.map((name) => ({ place, name: `saes/${path}/${name}`, file: find(name)! }));
}
