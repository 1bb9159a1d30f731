import { webAddress, withoutEndSlashes } from '../configuration/web.js';
import { InputError } from '../core/index.js';

/** What an operator wrote under `explain` in ghosttree.yaml. */
export interface ExplainSettings {
  url?: string | undefined;
  model?: string | undefined;
  seed: number;
  seconds: number;
  outputTokens: number;
  requests: number;
  perHour: number;
}

/** An OpenAI-compatible endpoint; the key never leaves this object but to it. */
export interface EndpointPlace {
  /** Base, such as `http://localhost:8080/v1`, without a slash at the end. */
  url: string;
  model: string;
  apiKey?: string | undefined;
}

/**
 * Where explanations are written: EXPLAIN_URL, EXPLAIN_MODEL and EXPLAIN_API_KEY, or what the configuration says.
 * Messages never hold the values.
 *
 * @returns undefined where no endpoint is named
 * @throws {InputError} when the URL is none or holds credentials, or no model is named
 */
export function endpointPlace(
  settings: Pick<ExplainSettings, 'url' | 'model'>,
  variables: Record<string, string | undefined> = process.env,
): EndpointPlace | undefined {
  const url = variables.EXPLAIN_URL?.trim() || settings.url?.trim();
  if (!url) return undefined;
  webAddress('EXPLAIN_URL', url, 'http://localhost:8080/v1');
  const { username, password } = new URL(url);
  if (username || password)
    throw new InputError('EXPLAIN_URL must not hold a name or a password: set EXPLAIN_API_KEY instead.');
  const model = variables.EXPLAIN_MODEL?.trim() || settings.model?.trim();
  if (!model)
    throw new InputError('EXPLAIN_URL needs EXPLAIN_MODEL beside it: the name of a model that it serves.');
  const apiKey = variables.EXPLAIN_API_KEY?.trim() || undefined;
  return { url: withoutEndSlashes(url), model, apiKey };
}
