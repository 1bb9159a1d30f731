import { webAddress, withoutEndSlashes } from '../configuration/web.js';
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
  webAddress('NEURONPEDIA_URL', url, `${SITE}, or off`);
  const apiKey = variables.NEURONPEDIA_API_KEY?.trim() || undefined;
  return { url: withoutEndSlashes(url), apiKey, log };
}
