import { withoutEndSlashes } from '../configuration/web.js';
import { InputError } from '../core/index.js';
import type { NeuronpediaSettings } from './neuronpedia.js';

const SITE = 'https://www.neuronpedia.org';

/**
 * Where Neuronpedia is, from NEURONPEDIA_URL (`off` asks nobody) and NEURONPEDIA_API_KEY.
 *
 * @throws {InputError} when the URL is none
 */
export function neuronpediaSettings(
  log: (message: string) => void,
  variables: Record<string, string | undefined> = process.env,
): Omit<NeuronpediaSettings, 'limitMilliseconds'> | undefined {
  const url = variables.NEURONPEDIA_URL?.trim() || SITE;
  if (url.toLowerCase() === 'off') return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new InputError(`NEURONPEDIA_URL is no web address; expected something like ${SITE}, or off.`);
  const apiKey = variables.NEURONPEDIA_API_KEY?.trim() || undefined;
  return { url: withoutEndSlashes(url), apiKey, log };
}
