import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coreSettings, readConfiguration } from '../../src/configuration/index.js';
import {
  type Core,
  createCore,
  type JobControl,
  type ModelSource,
  type QuestionKind,
  type Request,
} from '../../src/core/index.js';
import { damagedModel } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';

/** What adapters ask: the core for those that run in this process, its configuration for a program. */
export interface Model {
  core: WatchedCore;
  config: string;
}

/** The real core; it can be asked what it was asked, and told to wait. */
export class WatchedCore implements Core {
  readonly asked: Request[] = [];
  private readonly core: Core;
  private held: Promise<void> = Promise.resolve();
  private letGo: () => void = () => {};

  constructor(private readonly source: ModelSource) {
    this.core = createCore(coreSettings(readConfiguration(fixture('config')).settings));
  }

  async ask<K extends QuestionKind>(
    kind: K,
    request: Request<K>,
    _source: ModelSource,
    control?: JobControl,
  ) {
    this.asked.push(request);
    await this.held;
    return this.core.ask(kind, request, this.source, control);
  }

  /** Questions wait until `release`. */
  hold(): void {
    this.held = new Promise((resolve) => {
      this.letGo = resolve;
    });
  }

  release(): void {
    this.letGo();
  }

  close(): Promise<void> {
    return this.core.close();
  }
}

export function tinyModel(config = fixture('config')): Model {
  const source = readConfiguration(config).models.get('tiny-gpt2');
  if (!source) throw new Error(`${config} has no tiny-gpt2`);
  return { core: new WatchedCore(source), config };
}

/** Texts that ping, link, format or steer a terminal where they are not made harmless. */
export const HOSTILE = [
  '@everyone',
  '<!channel>',
  '@here',
  '<@U0000000001>',
  'https://evil.example/x',
  '<https://evil.example/y|good>',
  '[good](https://evil.example/z)',
  '```',
  '`',
  '**',
  '\u202Efdp.exe',
  '\x1b[31m\x07',
  '\r\n# ',
  'x'.repeat(4000),
];

/** In GPT-2's spelling, tokens near feature 7 of layer 0, best first; the default prompt has none of them. */
const NEAR = ['õ', 'ª', 'Í', 'ò', 'z', '¸', 'X', 'Ô', 'Ï', '±', 'H', 'é', 'D', '·'];

/** The tiny checkpoint with a vocabulary that means no good. */
export async function hostileModel(): Promise<Model> {
  const config = await damagedModel(async (folder) => {
    const file = join(folder, 'tokenizer.json');
    const tokenizer = JSON.parse(await readFile(file, 'utf8'));
    const renamed = (token: string) => HOSTILE[NEAR.indexOf(token)] ?? token;
    const vocabulary = Object.entries(tokenizer.model.vocab).map(([token, id]) => [renamed(token), id]);
    tokenizer.model.vocab = Object.fromEntries(vocabulary);
    await writeFile(file, JSON.stringify(tokenizer));
  });
  return tinyModel(config);
}
