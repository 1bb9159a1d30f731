import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueModel, Configuration } from '../src/configuration/index.js';
import { type Presence, presenceOf, readManifest } from '../src/configuration/manifest.js';
import { sizeText } from '../src/text/units.js';
import { type Command, type Reply, textReply } from './line/command.js';
import { parseOptions } from './line/options.js';

/** `ghosttree models`: the catalogue, and what of it is on the disk. */
export const models: Command = {
  name: 'models',
  summary: 'the models there are, their layers and sizes',
  usage: 'models',
  examples: ['models'],
  options: [],

  plan({ values }, { configuration }) {
    parseOptions(values, []);
    return { title: 'Models', line: 'models', scope: 'private', run: () => listModels(configuration) };
  },
};

async function listModels({ models, settings }: Configuration): Promise<Reply> {
  const lines: string[] = [];
  for (const model of models.values()) {
    const mark = model.id === settings.model ? ' (default)' : '';
    lines.push(
      `${model.id}${mark}: ${model.title}`,
      `  ${model.dtype}; SAEs ${model.release} at layers ${listed(model.layers)}, features 0 to ${model.features - 1} each`,
      `  ${await stateOf(model)}`,
    );
  }
  return textReply('Models', lines.join('\n'));
}

/** What of a model is on this machine, and how to get what is not. */
async function stateOf(model: CatalogueModel): Promise<string> {
  if (model.elsewhere) return 'answered by workers';
  const presence = presenceOf(model);
  const folder = model.hub?.folder ?? model.folder;
  const pull = `\`ghosttree pull ${model.id}\``;
  if (!model.hub) {
    const there = existsSync(join(folder, 'config.json'));
    return there ? `on this machine, ${sizeText(await folderSize(folder))}` : 'not on this machine';
  }
  const manifest = readManifest(model);
  if (!manifest) {
    const begun = existsSync(folder)
      ? `; a pull that did not end left ${sizeText(await folderSize(folder))}`
      : '';
    return `not on this machine${begun}: an operator gets it with ${pull}`;
  }
  if (!presence.model || presence.layers.length === 0)
    return `damaged, files are missing: an operator mends it with ${pull}`;
  const verified = Object.values(manifest.files).map((file) => file.verified);
  const date = verified.toSorted()[0]?.slice(0, 10);
  return `${layersThere(model, presence)}, ${sizeText(await folderSize(folder))}, checksums verified ${date}`;
}

function layersThere({ id, layers }: CatalogueModel, presence: Presence): string {
  if (presence.layers.length === layers.length) return 'on this machine with all layers';
  const missing = layers.find((layer) => !presence.layers.includes(layer));
  return `on this machine with layers ${listed(presence.layers)} (more: \`ghosttree pull ${id} layers=${missing}\`)`;
}

/** Numbers, with runs of three or more drawn together: `0 to 11, 17`. */
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
