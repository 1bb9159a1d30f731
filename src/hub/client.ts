import { downloadFile, listFiles, modelInfo } from '@huggingface/hub';
import type { HubAccess } from '../configuration/environment.js';
import { failureOf, HubFailure, networkFailure } from './failures.js';
import { Watchdog } from './watchdog.js';

/** A file of a repository, with the checksum of its content. */
export interface HubFile {
  path: string;
  /** In bytes. */
  size: number;
  /** The SHA-256 of large files, the SHA-1 of git's blob of others. */
  checksum: { sha256: string } | { gitBlob: string };
}

/** A commit of a repository under the name that it has now. */
export interface HubCommit {
  repository: string;
  commit: string;
}

/** The three calls to the Hub. All throw {HubFailure}; none is retried. */
export class HubClient {
  constructor(
    private readonly access: HubAccess,
    private readonly cancel?: AbortSignal,
  ) {}

  /** The commit that a branch, tag or commit stands for, with the repository's new name if it moved. */
  commit(repository: string, revision: string): Promise<HubCommit> {
    return this.ask(async (options) => {
      const { name, sha } = await modelInfo({
        ...options,
        name: repository,
        revision,
        additionalFields: ['sha'],
      });
      if (!/^[0-9a-f]{40}$/.test(sha ?? '')) throw new HubFailure('broken', 'an answer without a commit');
      return { repository: name || repository, commit: sha! };
    });
  }

  /** Files of one folder of a repository. @param folder '' for the root */
  list({ repository, commit }: HubCommit, folder: string): Promise<HubFile[]> {
    return this.ask(async (options) => {
      const files: HubFile[] = [];
      for await (const entry of listFiles({ ...options, repo: repository, revision: commit, path: folder })) {
        const { type, path, size, oid, lfs } = entry;
        if (type !== 'file') continue;
        files.push({
          path,
          size: lfs?.size ?? size,
          checksum: lfs ? { sha256: lfs.oid } : { gitBlob: oid ?? '' },
        });
      }
      return files;
    });
  }

  /**
   * A file's bytes from an offset on.
   *
   * @throws {HubFailure} also while the bytes arrive; of the kind `whole` when the server cannot begin at the offset
   */
  async *read(place: HubCommit, { path, size }: HubFile, offset: number): AsyncGenerator<Uint8Array> {
    const { repository, commit } = place;
    const { endpoint } = this.access;
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const request = this.request();
    const blob = await downloadFile({
      ...request.options,
      repo: repository,
      path,
      // Size and checksum come from the list, so that the client does not ask for them.
      downloadInfo: { size, etag: '', url: `${endpoint}/${repository}/resolve/${commit}/${encoded}` },
      xet: false,
    });
    const reader = blob!.slice(offset).stream().getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        request.watchdog.touch();
        yield value as Uint8Array;
      }
    } catch (error) {
      throw request.failure(error);
    } finally {
      request.watchdog.stop();
      await reader.cancel().catch(() => {});
    }
  }

  private async ask<T>(call: (options: Call['options']) => Promise<T>): Promise<T> {
    const request = this.request();
    try {
      return await call(request.options);
    } catch (error) {
      throw request.failure(error);
    } finally {
      request.watchdog.stop();
    }
  }

  /** The client's options for one call, and the failure of its requests, of which the client reports only a text. */
  private request(): Call {
    const { endpoint, token, stallMilliseconds } = this.access;
    const watchdog = new Watchdog(stallMilliseconds, this.cancel);
    let answered: HubFailure | undefined;
    const failure = (error: unknown) => {
      if (watchdog.stalled)
        return new HubFailure('stalled', `nothing came for ${stallMilliseconds / 1000} s`);
      return answered ?? (error instanceof HubFailure ? error : networkFailure(error));
    };
    const guardedFetch: typeof fetch = async (input, init) => {
      try {
        const response = await fetch(input, guarded(input, init, endpoint, watchdog.signal));
        watchdog.touch();
        if (!response.ok) throw failureOf(response);
        checkRange(init, response);
        return response;
      } catch (error) {
        answered = failure(error);
        throw answered;
      }
    };
    const options = { hubUrl: endpoint, fetch: guardedFetch, ...(token && { accessToken: token }) };
    return { options, watchdog, failure };
  }
}

interface Call {
  options: { hubUrl: string; fetch: typeof fetch; accessToken?: string };
  watchdog: Watchdog;
  failure(error: unknown): HubFailure;
}

/** Sends the token to the Hub only, whatever address an answer named. */
function guarded(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  endpoint: string,
  signal: AbortSignal,
): RequestInit {
  const headers = new Headers(init?.headers);
  const { origin } = new URL(input instanceof Request ? input.url : input);
  if (origin !== new URL(endpoint).origin) headers.delete('Authorization');
  headers.set('User-Agent', 'ghosttree');
  return { ...init, headers, signal };
}

/** A server that does not know ranges sends the whole file, which must not be appended to a part of it. */
function checkRange(init: RequestInit | undefined, response: Response): void {
  const wanted = /^bytes=(\d+)-/.exec(new Headers(init?.headers).get('Range') ?? '')?.[1];
  if (wanted === undefined) return;
  const got = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (response.status !== 206 || got !== wanted) {
    void response.body?.cancel();
    throw new HubFailure('whole', 'the server sends whole files only');
  }
}
