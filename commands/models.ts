import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel } from '../src/configuration/index.js';
import { presenceOf, readManifest } from '../src/configuration/manifest.js';
import { sizeText } from '../src/text/units.js';
import {
  type Command,
  type CommandContext,
  type ModelsReport,
  type Reply,
  textReply,
} from './line/command.js';
import { parseOptions } from './line/options.js';

/** `ghosttree models`: the catalogue, and which parts of it are on the disk. */
export const models: Command = {
  name: 'models',
  summary: 'the models there are, their layers and sizes',
  usage: 'models',
  examples: ['models'],
  options: [],

  plan({ values }, context) {
    parseOptions({ values }, []);
    return { title: 'Models', line: 'models', scope: 'private', run: () => listModels(context) };
  },
};

async function listModels({ configuration, byOperator = false }: CommandContext): Promise<Reply> {
  const lines: string[] = [];
  const entries: ModelsReport['models'] = [];
  for (const model of configuration.models.values()) {
    const { id, title, dtype, release, layers, features } = model;
    const isDefault = id === configuration.settings.model;
    const there = await stateOf(model);
    entries.push({ id, title, default: isDefault, dtype, release, layers, features, ...there });
    lines.push(
      `${id}${isDefault ? ' (default)' : ''}: ${title}`,
      `  ${dtype}; SAEs ${release} at layers ${listed(layers)}, features 0 to ${features - 1} each`,
      `  ${stateText(model, there, byOperator)}`,
    );
  }
  const content: ModelsReport = { schema: 'ghosttree/models@1', models: entries };
  return {
    ...textReply('Models', lines.join('\n')),
    files: [{ name: 'ghosttree-models.json', type: 'application/json', content }],
  };
}

type ModelState = Pick<ModelsReport['models'][number], 'state' | 'layersHere' | 'bytes'>;

/** Which parts of a model are on this machine. */
async function stateOf(model: CatalogueModel): Promise<ModelState> {
  const { hub, layers } = model;
  if (model.elsewhere) return { state: 'elsewhere', layersHere: layers };
  const folder = hub?.folder ?? model.folder;
  const names = await readdir(folder).catch((): string[] => []);
  const isBegun = hub ? existsSync(folder) : names.some((name) => /^config\.json$|\.gguf$/.test(name));
  const size = isBegun ? { bytes: await folderSize(folder) } : {};
  if (!hub) return { state: isBegun ? 'here' : 'absent', layersHere: isBegun ? layers : [], ...size };
  if (!readManifest(model)) return { state: 'absent', layersHere: [], ...size };
  const presence = presenceOf(model);
  const isWhole = presence.model && presence.layers.length > 0;
  return { state: isWhole ? 'here' : 'damaged', layersHere: isWhole ? presence.layers : [], ...size };
}

/** The state as text for people, with the command that gets what is missing. */
function stateText(
  model: CatalogueModel,
  { state, layersHere, bytes }: ModelState,
  byOperator: boolean,
): string {
  const size = bytes === undefined ? '' : sizeText(bytes);
  const pull = `\`ghosttree pull ${model.id}\``;
  if (state === 'elsewhere') return 'answered by workers';
  if (state === 'damaged')
    return `damaged, files are missing: ${byOperator ? 'mend' : 'an operator mends'} it with ${pull}`;
  if (!model.hub) return state === 'here' ? `on this machine, ${size}` : 'not on this machine';
  if (state === 'absent') {
    const begun = size ? `; a pull that did not end left ${size}` : '';
    return `not on this machine${begun}: ${byOperator ? 'get' : 'an operator gets'} it with ${pull}`;
  }
  const verified = Object.values(readManifest(model)?.files ?? {}).map((file) => file.verified);
  const date = verified.toSorted()[0]?.slice(0, 10);
  return `${layersThere(model, layersHere)}, ${size}, checksums verified ${date}`;
}

function layersThere({ id, layers }: CatalogueModel, here: readonly number[]): string {
  if (here.length === layers.length) return 'on this machine with all layers';
  const missing = layers.find((layer) => !here.includes(layer));
  return `on this machine with layers ${listed(here)} (more: \`ghosttree pull ${id} layers=${missing}\`)`;
}

/** Numbers, with runs of three or more shortened: `0 to 11, 17`. */
function listed(layers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const layer of layers) {
    const run = runs.at(-1);
    if (run && run[1] === layer - 1) run[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`;
    })
    .join(', ');
}

/** Bytes of all files below a folder. */
async function folderSize(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const entries = await Promise.all(names.map((name) => lstat(join(folder, name))));
  return entries.reduce((total, entry) => total + (entry.isFile() ? entry.size : 0), 0);
}
