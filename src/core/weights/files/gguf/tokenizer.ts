import { basename } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import type { GgufHeader } from './header.js';

/** `tokenizer.ggml.token_type`. */
const CONTROL = 3;
const USER_DEFINED = 4;

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
const split = (pattern: string) => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
});
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const REST = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const WORD = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

interface Kind {
  pre_tokenizer: object;
  normalizer?: object;
  ignore_merges?: boolean;
}

const GPT2: Kind = { pre_tokenizer: { ...BYTE_LEVEL, use_regex: true } };
const LLAMA3: Kind = {
  pre_tokenizer: sequence(split(`${CONTRACTIONS}|${WORD}|\\p{N}{1,3}|${REST}`), {
    ...BYTE_LEVEL,
    use_regex: false,
  }),
  ignore_merges: true,
};

/** How texts are cut before merging, by `tokenizer.ggml.pre`. A new one is an entry here. */
const KINDS: Readonly<Record<string, Kind>> = {
  'gpt-2': GPT2,
  // Every digit by itself, then as GPT-2.
  smollm: {
    pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, { ...BYTE_LEVEL, use_regex: true }),
  },
  'llama-bpe': LLAMA3,
  llama3: LLAMA3,
  'llama-v3': LLAMA3,
  qwen2: {
    normalizer: { type: 'NFC' },
    pre_tokenizer: sequence(split(`${CONTRACTIONS}|${WORD}|\\p{N}|${REST}`), {
      ...BYTE_LEVEL,
      use_regex: false,
    }),
  },
};

/**
 * What tokenizer.json of the same model would say: byte-level BPE.
 *
 * @throws {InputError} when the file has another kind of tokenizer, or a damaged one
 */
export function tokenizerOf({ file, metadata }: GgufHeader): Record<string, unknown> {
  const other = (what: string) =>
    new InputError(
      `${basename(file)} has a tokenizer ${what}, which is not read from GGUF: put the model's tokenizer.json beside it. [${file}]`,
    );
  const model = metadata.get('tokenizer.ggml.model', z.string().optional());
  if (model !== 'gpt2') throw other(model === undefined ? 'that it does not name' : `of the kind "${model}"`);
  const pre = metadata.get('tokenizer.ggml.pre', z.string().optional()) ?? 'none';
  const kind = Object.hasOwn(KINDS, pre) ? KINDS[pre] : undefined;
  if (!kind) throw other(`whose rule of cutting is "${pre}"`);

  const tokens = metadata.get('tokenizer.ggml.tokens', z.array(z.string()).nonempty());
  const merges = metadata.get('tokenizer.ggml.merges', z.array(z.string()));
  const types = metadata.get('tokenizer.ggml.token_type', z.array(z.number()).optional()) ?? [];
  const vocab = new Map(tokens.map((token, id) => [token, id]));
  for (const merge of merges) {
    const [left, right, ...more] = merge.split(' ');
    if (right === undefined || more.length > 0 || !vocab.has(`${left}${right}`))
      throw new InputError(
        `${basename(file)}: the merge ${JSON.stringify(merge)} makes no token: fetch it again. [${file}]`,
      );
  }
  const added = tokens.flatMap((content, id) =>
    types[id] === CONTROL || types[id] === USER_DEFINED
      ? [{ id, content, special: types[id] === CONTROL, ...AS_IT_STANDS }]
      : [],
  );
  return {
    version: '1.0',
    added_tokens: added,
    normalizer: kind.normalizer ?? null,
    pre_tokenizer: kind.pre_tokenizer,
    post_processor: null,
    decoder: { ...BYTE_LEVEL, use_regex: true },
    model: {
      type: 'BPE',
      ignore_merges: kind.ignore_merges ?? false,
      vocab: Object.fromEntries(vocab),
      merges,
    },
  };
}

/** An added token is matched as it stands. */
const AS_IT_STANDS = { single_word: false, lstrip: false, rstrip: false, normalized: false };
