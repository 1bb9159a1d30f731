import { join } from 'node:path';
import { PromiseMemo } from '../async/promiseMemo.js';
import type { CatalogueModel, HubPlace } from '../configuration/catalogue.js';
import type { HubAccess } from '../configuration/environment.js';
import { readManifest } from '../configuration/manifest.js';
import type { HubClient, HubCommit } from './client.js';
import { partSize } from './download.js';
import { explained, type HubFailure } from './failures.js';
import { cachedFile } from './hubCache.js';
import { filesInManifest } from './manifestFile.js';
import { withRetries } from './retry.js';
import { modelFiles, saeFiles, type WantedFile } from './selection.js';
import { sizeOf } from './space.js';

const COMMIT = /^[0-9a-f]{40}$/;

/** Finds out which files make up a model and its SAEs. */
export class Planner {
  private readonly commits = new PromiseMemo<string, HubCommit>();

  constructor(
    private readonly model: CatalogueModel,
    private readonly access: HubAccess,
    private readonly client: HubClient,
    private readonly control: {
      signal?: AbortSignal | undefined;
      say(line: string): void;
      onWait(failure: HubFailure, wait: number): void;
    },
  ) {}

  /**
   * Files of the language model (where it is on the Hub) and of the SAEs at these layers. What an earlier pull got
   * from the same commit needs no network.
   *
   * @throws {InputError | CancelledError}
   */
  async files(layers: readonly number[]): Promise<WantedFile[]> {
    const { hub } = this.model;
    const wanted: WantedFile[] = [];
    if (hub?.model) wanted.push(...(await this.filesOf(hub.model, '')));
    for (const layer of layers) {
      const path = hub?.saes?.paths[layer];
      if (hub?.saes && path !== undefined) wanted.push(...(await this.filesOf(hub.saes, path)));
    }
    return wanted;
  }

  /** The commit of a place; a branch stays at the commit of the first pull. */
  private pinned({ repository, revision }: HubPlace): string {
    if (COMMIT.test(revision)) return revision;
    const files = Object.values(readManifest(this.model)?.files ?? {});
    return files.find((file) => file.repository === repository)?.commit ?? revision;
  }

  /** @param path folder in the repository; '' for the language model's */
  private async filesOf(place: HubPlace, path: string): Promise<WantedFile[]> {
    const revision = this.pinned(place);
    const inManifest = filesInManifest(this.model, path && `saes/${path}/`, { ...place, revision });
    if (inManifest.length > 0) return inManifest;
    const asked = {
      endpoint: this.access.endpoint,
      repository: place.repository,
      revision,
      token: Boolean(this.access.token),
    };
    const commit = await this.commitOf({ ...place, revision }).catch((error) => {
      throw explained(error, asked);
    });
    const listed = await withRetries(() => this.client.list(commit, path), this.control).catch((error) => {
      throw explained(error, path ? { ...asked, path } : asked);
    });
    return path ? saeFiles(commit, path, listed) : modelFiles(commit, listed);
  }

  private commitOf({ repository, revision }: HubPlace): Promise<HubCommit> {
    return this.commits.get(`${repository}@${revision}`, async () => {
      const commit = await withRetries(() => this.client.commit(repository, revision), this.control);
      if (commit.repository !== repository)
        this.control.say(`${repository} has moved to ${commit.repository}: models.yaml may name that.`);
      if (!COMMIT.test(revision))
        this.control.say(`${commit.repository}: ${revision} is commit ${commit.commit}, which is kept to.`);
      return commit;
    });
  }
}

/** Bytes of a file that have to come over the network, as far as sizes tell. */
export async function bytesToFetch(wanted: WantedFile, folder: string, cache: string): Promise<number> {
  const target = join(folder, wanted.name);
  const { size } = wanted.file;
  if ((await sizeOf(target)) === size) return 0;
  if (await cachedFile(cache, wanted.place, wanted.file)) return 0;
  return size - (await partSize(wanted, target));
}
