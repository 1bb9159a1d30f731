import { readable } from '../../commands/index.js';
import { shellLine } from '../adapters/terminal/shell.js';
import { InputError } from '../core/index.js';
import {
  catalogueEntry,
  coverage,
  type RegisteredSae,
  readRegistry,
  searchRegistry,
  whyNotAsked,
} from '../hub/registry/index.js';

/** Lines that are printed of a long list. */
const MOST_LINES = 40;

/**
 * `ghosttree saes [words]`: searches the registry of published SAEs; of one that is found alone it prints how to ask it.
 *
 * @throws {InputError} when nothing is found, or the registry cannot be read
 */
export async function printSaes(words: readonly string[]): Promise<void> {
  const { source, date, saes } = readRegistry();
  if (words.length === 1 && words[0] === 'coverage') {
    process.stdout.write(coverage(saes, { source, date }));
    return;
  }
  const found = searchRegistry(saes, words);
  const [first] = found;
  if (!first)
    throw new InputError(
      `No SAE of the registry (${source}, ${date}) has all of these words: ${words.join(' ')}. Use fewer, as in: ghosttree saes gemma-3-270m res.`,
    );
  const lines = found.length === 1 ? about(first) : list(found, words.length === 0);
  process.stdout.write(`${lines.map(readable).join('\n')}\n\nRegistry: ${source} (${date}).\n`);
}

function list(found: readonly RegisteredSae[], all: boolean): string[] {
  const asked = found.filter((sae) => whyNotAsked(sae) === undefined).length;
  const releases = new Map<string, number>();
  for (const { release } of found) releases.set(release, (releases.get(release) ?? 0) + 1);
  const lines =
    found.length > MOST_LINES
      ? [...releases].map(([release, count]) => `${release}  ${count} ${count === 1 ? 'SAE' : 'SAEs'}`)
      : found.map(lineOf);
  const more =
    lines.length > MOST_LINES && !all
      ? [`... and ${lines.length - MOST_LINES} more releases: use more words`]
      : [];
  return [
    ...(all ? lines : lines.slice(0, MOST_LINES)),
    ...more,
    '',
    `${found.length} SAEs, of which ${asked} can be asked. More words narrow it; with one left it says how to ask it.`,
  ];
}

function lineOf(sae: RegisteredSae): string {
  const { release, id, site, layer, features, l0 } = sae;
  const facts = [`layer ${layer} ${site}`, `${features} features`, ...(l0 ? [`L0 ${l0}`] : [])];
  const why = whyNotAsked(sae);
  return `${release} ${id}  ${facts.join(', ')}${why ? `  (not yet: ${why})` : ''}`;
}

function about(sae: RegisteredSae): string[] {
  const why = whyNotAsked(sae);
  const what = [lineOf(sae), `${sae.architecture}, of ${sae.model}, in ${sae.repository}/${sae.path}`];
  if (why) return [...what, '', 'It cannot be asked yet.'];
  const { id, yaml } = catalogueEntry(sae);
  return [
    ...what,
    '',
    'Put this into models.yaml of the folder that GHOSTTREE_CONFIG names (docs/models.md, "Add a model"):',
    '',
    ...yaml.split('\n'),
    `Then: ghosttree pull ${id}`,
    `And:  ${shellLine(`feature ${sae.layer} ${Math.min(777, sae.features - 1)} model=${id}`)}`,
  ];
}
