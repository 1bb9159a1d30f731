import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { webAddress } from '../configuration/web.js';
import { InputError } from '../core/index.js';

/** How the Hub is reached, as its own tools read it from the environment. */
export interface HubAccess {
  /** Web address without a slash at its end. */
  endpoint: string;
  /** Absent: only what everybody may read. */
  token?: string;
  /** Folder of the Hub's own tools, where files may lie already. */
  cache: string;
  /** Longest silence of a connection, in milliseconds. */
  stallMilliseconds: number;
}

const STALL_SECONDS = 30;

/**
 * Reads HF_ENDPOINT, HF_TOKEN (or the file that `hf auth login` writes), HF_HOME, HF_HUB_CACHE and
 * HF_HUB_DOWNLOAD_TIMEOUT. Messages never hold the token.
 *
 * @throws {InputError} when one of them cannot be what it should
 */
export function readAccess(variables: Record<string, string | undefined> = process.env): HubAccess {
  const endpoint = (variables.HF_ENDPOINT?.trim() || 'https://huggingface.co').replace(/\/+$/, '');
  webAddress('HF_ENDPOINT', endpoint, 'https://huggingface.co');
  const cacheHome = variables.XDG_CACHE_HOME || join(homedir(), '.cache');
  const home = variables.HF_HOME || join(cacheHome, 'huggingface');
  const seconds = Number(variables.HF_HUB_DOWNLOAD_TIMEOUT || STALL_SECONDS);
  if (!(seconds > 0)) throw new InputError('HF_HUB_DOWNLOAD_TIMEOUT should be a number of seconds.');
  const token = variables.HF_TOKEN?.trim() || tokenIn(variables.HF_TOKEN_PATH || join(home, 'token'));
  if (token && !/^hf_[\w-]+$/.test(token)) {
    throw new InputError(
      'The Hub token is none: it should start with hf_ (HF_TOKEN, or the file that `hf auth login` writes).',
    );
  }
  return {
    endpoint,
    ...(token && { token }),
    cache: variables.HF_HUB_CACHE || variables.HUGGINGFACE_HUB_CACHE || join(home, 'hub'),
    stallMilliseconds: seconds * 1000,
  };
}

function tokenIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
