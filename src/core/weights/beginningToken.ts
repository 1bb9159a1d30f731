import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../report/errors.js';
import { readJson } from './files/checkpoint.js';
import type { TokenizerContent } from './tokenizer.js';

const Id = z.number().int().nonnegative();
const Ids = z.union([Id, z.array(Id).nonempty()]).nullish();
const Written = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();

/** The two keys that name special tokens by id. */
const Config = z.looseObject({ bos_token_id: Ids, eos_token_id: Ids.catch(undefined) });
/** tokenizer_config.json */
const Settings = z.looseObject({ bos_token: Written.catch(undefined), eos_token: Written.catch(undefined) });
/** What a tokenizer puts before every text. */
const Template = z.looseObject({
  single: z.array(z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }).optional() })),
  special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(Id) })),
});
const Processor = z.looseObject({ processors: z.array(z.unknown()).optional() });

/** What families without a token for beginnings put before a text, if anything: the end of the one before. */
const USUAL_NAMES = ['<|begin_of_text|>', '<bos>', '<s>', '<|endoftext|>'];

/**
 * The id of the beginning-of-sequence token: `bos_token_id` of the config; where it is absent or null, or a list, what
 * the tokenizer puts before a text or calls so; else the token by one of the usual names, or the end-of-sequence token,
 * as TransformerLens takes it.
 *
 * @param config content of config.json
 * @throws {InputError} when nothing names one
 */
export async function beginningToken(
  folder: string,
  config: unknown,
  tokenizer: TokenizerContent,
): Promise<number> {
  const parsed = Config.safeParse(config);
  if (!parsed.success)
    throw new InputError(
      `config.json: bos_token_id: expected the id of a token, a list of ids or null. [${folder}]`,
    );
  const { bos_token_id: named, eos_token_id: end } = parsed.data;
  if (typeof named === 'number') return named;
  const path = join(folder, 'tokenizer_config.json');
  const settings = existsSync(path) ? await readJson(path, Settings) : {};
  const byTokenizer = templateStart(tokenizer) ?? idOf(settings.bos_token, tokenizer);
  if (named?.includes(byTokenizer ?? -1)) return byTokenizer!;
  const ids = [
    ...(named ?? []),
    byTokenizer,
    ...USUAL_NAMES.map((name) => idOf(name, tokenizer)),
    idOf(settings.eos_token, tokenizer),
    ...[end].flat(),
  ];
  const id = ids.find((one) => typeof one === 'number');
  if (id !== undefined) return id;
  throw new InputError(
    `Neither config.json nor the tokenizer names a token for beginnings: write its id as bos_token_id into config.json. [${folder}]`,
  );
}

function templateStart({ post_processor }: TokenizerContent): number | undefined {
  const processor = Processor.safeParse(post_processor);
  if (!processor.success) return undefined;
  for (const one of [processor.data, ...(processor.data.processors ?? [])]) {
    const template = Template.safeParse(one);
    const id = template.data?.single[0]?.SpecialToken?.id;
    if (id !== undefined) return template.data?.special_tokens[id]?.ids[0];
  }
  return undefined;
}

function idOf(
  written: z.infer<typeof Written>,
  { model, added_tokens }: TokenizerContent,
): number | undefined {
  const text = typeof written === 'string' ? written : written?.content;
  if (text === undefined) return undefined;
  const added = added_tokens?.find(({ content }) => content === text)?.id;
  return added ?? (Object.hasOwn(model.vocab, text) ? model.vocab[text] : undefined);
}
