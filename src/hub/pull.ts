import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel, ModelDownload } from '../configuration/catalogue.js';
import type { HubAccess } from '../configuration/environment.js';
import { type Manifest, presenceOf, readManifest } from '../configuration/manifest.js';
import { CancelledError, InputError, type WeightType } from '../core/index.js';
import { type BaselineSettings, prepareBaseline, prepareModel } from '../core/prepare.js';
import { sizeText } from '../text/units.js';
import { HubClient } from './client.js';
import { bring } from './download.js';
import { explained, type HubFailure } from './failures.js';
import { lockFolder } from './lock.js';
import { belongsTo, writeManifest } from './manifestFile.js';
import { bytesToFetch, Planner } from './plan.js';
import { STOPPED } from './retry.js';
import type { WantedFile } from './selection.js';
import { checkSpace, explainedWriteError, preparedEstimate } from './space.js';

/** What to pull. */
export interface PullRequest {
  model: CatalogueModel;
  /** Default: the catalogue's. */
  layers?: number[] | undefined;
  /** Default: what it was pulled with, or the catalogue's. */
  dtype?: WeightType | undefined;
}

/** How far a pull is. */
export interface PullProgress {
  /** The step that is under way, such as `fetching model.safetensors`. */
  step: string;
  /** How much of the step is done, 0 to 1. */
  share: number;
  /** The step in bytes, where it is measured in them. */
  bytes?: { done: number; total: number };
  /** All files together, in bytes; absent after fetching. */
  overall?: { done: number; total: number; fetched: number };
}

export interface PullControl {
  access: HubAccess;
  signal?: AbortSignal | undefined;
  /** Prints a permanent line: the plan, a wait. */
  say(line: string): void;
  onProgress(progress: PullProgress): void;
  /** Settings with which the baseline is measured after the pull; absent to leave it to the first question. */
  baseline?: BaselineSettings | undefined;
}

export interface PullResult {
  /** Layers that are there now. */
  layers: number[];
  /** Bytes that came over the network. */
  fetched: number;
  /** Bytes of all files that were asked for. */
  size: number;
  folder: string;
}

/**
 * Gets a model and SAEs from the Hub: fetches what is missing, checks everything, prepares copies that load fast, and
 * writes the manifest last, without which nothing counts as pulled.
 *
 * @throws {InputError} when an operator can fix it
 * @throws {CancelledError} when the signal was raised; what was fetched stays on the disk
 * @throws {Error} when the Hub cannot be used now
 */
export async function pull({ model, layers, dtype }: PullRequest, control: PullControl): Promise<PullResult> {
  const { hub } = model;
  if (!hub) throw new InputError(`${model.id} is not on the Hub: its files lie in a folder of this machine.`);
  const chosen = layers ?? hub.layers;
  const unlock = await lockFolder(hub.folder, model.id).catch((error) => {
    throw explainedWriteError(error, join(hub.folder, 'pull.lock'));
  });
  try {
    return await pullLocked({ ...model, dtype: dtype ?? model.dtype }, hub, chosen, control);
  } catch (error) {
    throw control.signal?.aborted ? new CancelledError(STOPPED) : error;
  } finally {
    await unlock();
    // Removes the folder if the pull got nothing.
    await rmdir(hub.folder).catch(() => {});
  }
}

async function pullLocked(
  model: CatalogueModel,
  hub: ModelDownload,
  layers: number[],
  control: PullControl,
): Promise<PullResult> {
  const { access, signal, say } = control;
  const { folder } = hub;
  const client = new HubClient(access, signal);
  const onWait = (failure: HubFailure, wait: number) =>
    say(`${access.endpoint}: ${failure.message}; trying again in ${Math.max(1, Math.round(wait / 1000))} s`);
  const wanted = await new Planner(model, access, client, { signal, say, onWait }).files(layers);
  const size = sum(wanted.map(({ file }) => file.size));
  const missing = await Promise.all(wanted.map((file) => bytesToFetch(file, folder, access.cache)));
  const toFetch = sum(missing);
  say(planText(model, layers, wanted, toFetch));
  const modelBytes = sum(wanted.filter(({ name }) => !name.includes('/')).map(({ file }) => file.size));
  const derived = existsSync(model.prepared)
    ? preparedEstimate(0, Math.min(toFetch, size - modelBytes), model.dtype)
    : preparedEstimate(modelBytes, size - modelBytes, model.dtype);
  await checkSpace(folder, toFetch + derived);

  const files: Manifest['files'] = {};
  let before = 0;
  let fetched = 0;
  for (const { name, file, place } of wanted) {
    // Checking starts again at 0 after fetching, so the largest value counts.
    let reached = 0;
    const download = {
      client,
      cache: access.cache,
      signal,
      onWait,
      onFetched: (bytes: number) => {
        fetched += bytes;
      },
      onProgress: (step: 'fetching' | 'checking', done: number) => {
        reached = step === 'fetching' ? done : Math.max(reached, done);
        control.onProgress({
          step: `${step} ${name}`,
          share: file.size > 0 ? done / file.size : 1,
          bytes: { done, total: file.size },
          overall: { done: before + reached, total: size, fetched },
        });
      },
    };
    const { repository, commit } = place;
    const sha256 = await bring({ place, file, name }, join(folder, name), download).catch((error) => {
      const asked = { endpoint: access.endpoint, repository, revision: commit, path: file.path };
      throw explained(error, { ...asked, token: Boolean(access.token) });
    });
    before += file.size;
    files[name] = { repository, commit, size: file.size, sha256, verified: new Date().toISOString() };
  }

  const there = [...new Set([...presenceOf(model).layers, ...layers])].sort((a, b) => a - b);
  const saes = Object.fromEntries(there.map((layer) => [layer, model.saes[layer]!]));
  const source = { ...model, saes };
  await prepareModel(source, { signal, onProgress: control.onProgress });
  await keepManifest(model, folder, files);
  // The model is usable by now: this takes minutes for a large one, and if stopped, the first question measures it.
  if (control.baseline)
    await prepareBaseline(source, control.baseline, { signal, onProgress: control.onProgress });
  return { layers: there, fetched, size, folder };
}

/** Adds files to the manifest; a pulled language model's earlier files are dropped unless they still belong to it. */
async function keepManifest(model: CatalogueModel, folder: string, files: Manifest['files']): Promise<void> {
  const earlier = Object.entries(readManifest(model)?.files ?? {});
  const pulledModel = Object.keys(files).some((name) => belongsTo(name, ''));
  const gone = earlier.filter(([name]) => pulledModel && belongsTo(name, '') && !Object.hasOwn(files, name));
  const remaining = earlier.filter((entry) => !gone.includes(entry));
  await writeManifest(folder, {
    schema: 'ghosttree/manifest@1',
    model: model.id,
    dtype: model.dtype,
    files: { ...Object.fromEntries(remaining), ...files },
  });
  for (const [name] of gone) await rm(join(folder, name), { force: true });
}

function planText(model: CatalogueModel, layers: number[], wanted: WantedFile[], missing: number): string {
  const size = (files: WantedFile[]) => sizeText(sum(files.map(({ file }) => file.size)));
  const modelFiles = wanted.filter(({ name }) => !name.includes('/'));
  const saes = wanted.filter(({ name }) => name.includes('/'));
  const parts = [
    ...(modelFiles.length > 0 ? [`the model (${size(modelFiles)})`] : []),
    ...(saes.length > 0 ? [`SAEs at layers ${layers.join(', ')} (${size(saes)})`] : []),
  ];
  const all = model.layers.length > layers.length ? ` Layers there are: ${model.layers.join(', ')}.` : '';
  return `${model.id}: ${parts.join(' and ')}, ${missing > 0 ? `${sizeText(missing)} to fetch` : 'nothing to fetch'}; weights held in ${model.dtype}.${all}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
