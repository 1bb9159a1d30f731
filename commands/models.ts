import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '../src/config.js';
import { type Command, type Reply, textReply } from './command.js';
import { parseOptions } from './options.js';

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

async function listModels(configuration: Configuration): Promise<Reply> {
  const lines: string[] = [];
  for (const model of configuration.models.values()) {
    const present = existsSync(join(model.folder, 'config.json'));
    const state = present ? megabytes(await folderSize(model.folder)) : 'not on this machine';
    const mark = model.id === configuration.settings.model ? ' (default)' : '';
    lines.push(
      `${model.id}${mark}: ${model.title}`,
      `  SAEs ${model.release} at layers ${model.layers.join(', ')}, features 0 to ${model.features - 1} each; ${state}`,
    );
  }
  return textReply('Models', lines.join('\n'));
}

/** Bytes of all files below a folder. */
async function folderSize(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files.filter((file) => file.isFile()).map((file) => stat(join(file.path, file.name)));
  return (await Promise.all(sizes)).reduce((total, { size }) => total + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
