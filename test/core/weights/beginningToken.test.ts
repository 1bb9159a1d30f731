import { readFileSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openModelFolder } from '../../../src/core/weights/modelFolder.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

const SIZE = 353;
/** <|endoftext|> of tiny-gpt2. */
const END = 352;

interface Changes {
  config?: Record<string, unknown>;
  /** Of tokenizer.json. */
  tokenizer?: Record<string, unknown>;
  /** tokenizer_config.json */
  settings?: Record<string, unknown>;
}

/** The BOS of tiny-gpt2 with files changed; a key that is undefined is left out. */
async function bosWith({ config, tokenizer, settings }: Changes, size = SIZE): Promise<number> {
  const folder = await temporaryFolder();
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
    await cp(fixture('tiny-gpt2', name), join(folder, name));
  const edit = async (name: string, changes: object = {}) => {
    const content = JSON.parse(await readFile(join(folder, name), 'utf8'));
    await writeFile(join(folder, name), JSON.stringify({ ...content, ...changes }));
  };
  await edit('config.json', config);
  await edit('tokenizer.json', tokenizer);
  if (settings) await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  const model = await openModelFolder(folder);
  return (await model.tokenizer(size)).bos;
}

/** tiny-gpt2's tokenizer without <|endoftext|>. */
const { model } = JSON.parse(readFileSync(fixture('tiny-gpt2', 'tokenizer.json'), 'utf8'));
const { '<|endoftext|>': _, ...vocab } = model.vocab;
const withoutEnd = { model: { ...model, vocab }, added_tokens: [] };

const template = (id: number) => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: 'start', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [],
  special_tokens: { start: { id: 'start', ids: [id], tokens: ['start'] } },
});
const named = (content: string, id: number) => ({ id, content, special: true });

test.each<[string, Changes, number]>([
  ['a number is taken, 0, too', { config: { bos_token_id: 0 } }, 0],
  ['absent: <|endoftext|>', { config: { bos_token_id: undefined } }, END],
  ['null: <|endoftext|>', { config: { bos_token_id: null } }, END],
  [
    'absent: what the tokenizer puts before a text',
    { config: { bos_token_id: undefined }, tokenizer: { post_processor: template(7) } },
    7,
  ],
  [
    'null: the same, inside a sequence of processors',
    {
      config: { bos_token_id: null },
      tokenizer: { post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template(9)] } },
    },
    9,
  ],
  ['null: what the tokenizer calls so', { config: { bos_token_id: null }, settings: { bos_token: 'a' } }, 64],
  [
    'null: the same, as an object',
    { config: { bos_token_id: null }, settings: { bos_token: { content: 'a', special: true } } },
    64,
  ],
  [
    'null: a null of the tokenizer counts for nothing',
    { config: { bos_token_id: null }, settings: { bos_token: null, eos_token: 'a' } },
    END,
  ],
  [
    "null: Llama's own name comes first",
    {
      config: { bos_token_id: null },
      tokenizer: { added_tokens: [named('<|endoftext|>', 2), named('<|begin_of_text|>', 1)] },
    },
    1,
  ],
  [
    'null: the end-of-sequence token where no name is usual',
    { config: { bos_token_id: null, eos_token_id: [5, 6] }, tokenizer: withoutEnd },
    5,
  ],
  ['a list: its first', { config: { bos_token_id: [3, 4] } }, 3],
  [
    "a list: the tokenizer's own if it is there",
    { config: { bos_token_id: [3, 4] }, tokenizer: { post_processor: template(4) } },
    4,
  ],
])('%s', async (_, changes, bos) => {
  expect(await bosWith(changes)).toBe(bos);
});

test('where nothing names one, the remedy is named', async () => {
  const changes = {
    config: { bos_token_id: null, eos_token_id: null },
    tokenizer: withoutEnd,
  };
  await expect(bosWith(changes)).rejects.toThrow(/write its id as bos_token_id into config\.json/);
});

test.each(['zero', -1, 1.5, []])('bos_token_id %j is refused by its name', async (bos_token_id) => {
  await expect(bosWith({ config: { bos_token_id } })).rejects.toThrow(/bos_token_id: expected the id/);
});

test('a token beyond the table is refused, whether it is BOS or any other', async () => {
  await expect(bosWith({ config: { bos_token_id: SIZE } })).rejects.toThrow(/bos_token_id 353 .* is beyond/);
  await expect(bosWith({}, SIZE - 1)).rejects.toThrow(
    /has a token 352, the model embeddings for 352 only: they do not belong together/,
  );
  const tokenizer = { added_tokens: [named('<|endoftext|>', END), named('<pad>', SIZE)] };
  await expect(bosWith({ tokenizer })).rejects.toThrow(/has a token 353/);
  expect(await bosWith({}, SIZE + 100)).toBe(END);
});

test("Gemma 3's token for images may lie beyond the table, and is a text like any other then", async () => {
  const tokens = [named('<|endoftext|>', END), named('<image_soft_token>', SIZE)];
  expect(await bosWith({ tokenizer: { added_tokens: tokens } })).toBe(END);
});
