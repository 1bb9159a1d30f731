import { basename } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import type { GgufHeader, Metadata } from './header.js';
import { SPACE, sentencePiece } from './sentencePiece.js';

/** `tokenizer.ggml.token_type`. */
const TYPE = { normal: 1, control: 3, userDefined: 4 };

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
 * What tokenizer.json of the same model would say: byte-level BPE, or SentencePiece.
 *
 * @throws {InputError} when the file has another kind of tokenizer, or a damaged one
 */
export function tokenizerOf({ file, metadata }: GgufHeader): Record<string, unknown> {
  const other = (what: string) =>
    new InputError(
      `${basename(file)} has a tokenizer ${what}, which is not read from GGUF: put the model's tokenizer.json beside it. [${file}]`,
    );
  const damaged = (what: string) => new InputError(`${basename(file)}: ${what}: fetch it again. [${file}]`);
  const kind = metadata.get('tokenizer.ggml.model', z.string().optional());
  if (kind !== 'gpt2' && kind !== 'llama')
    throw other(kind === undefined ? 'that it does not name' : `of the kind "${kind}"`);

  const tokens = metadata.get('tokenizer.ggml.tokens', z.array(z.string()).nonempty());
  const types = metadata.get('tokenizer.ggml.token_type', z.array(z.number()).optional()) ?? [];
  // llama.cpp writes the spaces of tokens of the user as they are; they stand among the pieces as the others do.
  const spelled = (token: string, id: number) =>
    kind === 'llama' && types[id] === TYPE.userDefined ? token.replaceAll(' ', SPACE) : token;
  const vocab = new Map(tokens.map((token, id) => [spelled(token, id), id]));
  const parts =
    kind === 'gpt2'
      ? byteLevel(metadata, vocab, other, damaged)
      : pieces(metadata, tokens, types, vocab, damaged);
  const added = tokens.flatMap((content, id) =>
    types[id] === TYPE.control || types[id] === TYPE.userDefined
      ? [{ id, content, special: types[id] === TYPE.control, ...AS_IT_STANDS }]
      : [],
  );
  return {
    version: '1.0',
    added_tokens: added,
    post_processor: null,
    ...parts,
    model: { ...parts.model, vocab: Object.fromEntries(vocab) },
  };
}

/** An added token is matched as it stands. */
const AS_IT_STANDS = { single_word: false, lstrip: false, rstrip: false, normalized: false };

function byteLevel(
  metadata: Metadata,
  vocab: ReadonlyMap<string, number>,
  other: (what: string) => InputError,
  damaged: (what: string) => InputError,
) {
  const pre = metadata.get('tokenizer.ggml.pre', z.string().optional()) ?? 'none';
  const kind = Object.hasOwn(KINDS, pre) ? KINDS[pre] : undefined;
  if (!kind) throw other(`whose rule of cutting is "${pre}"`);
  const merges = metadata.get('tokenizer.ggml.merges', z.array(z.string()));
  for (const merge of merges) {
    const [left, right, ...more] = merge.split(' ');
    if (right === undefined || more.length > 0 || !vocab.has(`${left}${right}`))
      throw damaged(`the merge ${JSON.stringify(merge)} makes no token`);
  }
  return {
    normalizer: kind.normalizer ?? null,
    pre_tokenizer: kind.pre_tokenizer,
    decoder: { ...BYTE_LEVEL, use_regex: true },
    model: { type: 'BPE', ignore_merges: kind.ignore_merges ?? false, merges },
  };
}

function pieces(
  metadata: Metadata,
  tokens: readonly string[],
  types: readonly number[],
  vocab: ReadonlyMap<string, number>,
  damaged: (what: string) => InputError,
) {
  const scores = metadata.get('tokenizer.ggml.scores', z.array(z.number()));
  if (scores.length !== tokens.length || types.length !== tokens.length)
    throw damaged(`${tokens.length} tokens have ${scores.length} scores and ${types.length} types`);
  const unknown = metadata.get('tokenizer.ggml.unknown_token_id', z.number().int().nonnegative().optional());
  const addsSpace = metadata.get('tokenizer.ggml.add_space_prefix', z.boolean().default(true));
  try {
    return sentencePiece(
      {
        tokens,
        scores,
        isMerged: (id) => types[id] === TYPE.normal,
        unknown: unknown === undefined ? undefined : tokens[unknown],
        addsSpace,
      },
      vocab,
    );
  } catch (error) {
    if (error instanceof RangeError) throw damaged(error.message);
    throw error;
  }
}
