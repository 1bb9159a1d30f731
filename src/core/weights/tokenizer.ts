import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import type { Tokenizer } from '../model/model.js';
import { InputError } from '../report/errors.js';

/** tokenizer.json */
export const TokenizerFile = z.looseObject({
  model: z.looseObject({
    type: z.string(),
    byte_fallback: z.boolean().nullish(),
    // Not entry by entry: it may have a quarter of a million.
    vocab: z.custom<Record<string, number>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'expected an object of ids by tokens',
    ),
  }),
  added_tokens: z.array(z.looseObject({ id: z.number().int().nonnegative(), content: z.string() })).nullish(),
  post_processor: z.unknown(),
  decoder: z.looseObject({ type: z.string() }).nullish(),
});
export type TokenizerContent = z.infer<typeof TokenizerFile>;

/** The model that a tokenizer is for. */
interface For {
  folder: string;
  /** Id of the beginning-of-sequence token. */
  bos: number;
  /** Rows of the model's table of embeddings. */
  vocabularySize: number;
}

/**
 * A tokenizer from the content of tokenizer.json.
 *
 * @throws {InputError} when it is not a tokenizer that the library can read, or has tokens that the model has not
 */
export function loadTokenizer(content: TokenizerContent, { folder, bos, vocabularySize }: For): Tokenizer {
  let tokenizer: HuggingFaceTokenizer;
  const file = withoutImages(content, vocabularySize);
  try {
    tokenizer = new HuggingFaceTokenizer(file, {});
  } catch (error) {
    throw new InputError(
      `tokenizer.json in ${folder} cannot be used (${(error as Error).message}): fetch it again.`,
    );
  }
  const highest = highestId(file);
  if (!(highest < vocabularySize))
    throw new InputError(
      `The tokenizer in ${folder} has a token ${highest}, the model embeddings for ${vocabularySize} only: they do not belong together.`,
    );
  if (bos >= vocabularySize)
    throw new InputError(
      `bos_token_id ${bos} in ${folder} is beyond the model's ${vocabularySize} embeddings: mend config.json.`,
    );
  const { model, decoder } = file;
  const textOf =
    decoder?.type === 'ByteLevel' ? byteLevelText : model.byte_fallback ? byteFallbackText : undefined;
  return {
    bos,
    encode: (text) => (text === '' ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids),
    text: (tokenId) =>
      textOf
        ? textOf(tokenizer.id_to_token(tokenId) ?? '')
        : tokenizer.decode([tokenId], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}

/** Stands for an image; every Gemma 3 has the same tokenizer, and those that see none have no embedding for it. */
const IMAGE_TOKEN = '<image_soft_token>';

/** A tokenizer without the token for images where the model has no embedding for it: it is a text like any other then. */
function withoutImages(file: TokenizerContent, vocabularySize: number): TokenizerContent {
  const { added_tokens: added } = file;
  const isKept = (token: { id: number; content: string }) =>
    token.id < vocabularySize || token.content !== IMAGE_TOKEN;
  return added?.every(isKept) ? file : { ...file, added_tokens: added?.filter(isKept) };
}

function highestId({ model, added_tokens }: TokenizerContent): number {
  let highest = -1;
  for (const token in model.vocab) highest = Math.max(highest, model.vocab[token]!);
  for (const { id } of added_tokens ?? []) highest = Math.max(highest, id);
  return highest;
}

/**
 * Text of a token in SentencePiece's alphabet (Gemma): `▁` stands for a space, `<0xE2>` for a byte. A byte that
 * is a character by itself is that character.
 */
function byteFallbackText(token: string): string {
  const hexadecimal = /^<0x([0-7][0-9A-F])>$/.exec(token)?.[1];
  return hexadecimal ? String.fromCharCode(Number.parseInt(hexadecimal, 16)) : token.replaceAll('▁', ' ');
}

/**
 * Byte of each character that stands for one in byte-level vocabularies (GPT-2's `bytes_to_unicode`): printable
 * Latin-1 characters stand for themselves, the other bytes follow from U+0100 upwards.
 */
const BYTE_OF_CHARACTER = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 256; byte++) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  BYTE_OF_CHARACTER.set(String.fromCodePoint(printable ? byte : next++), byte);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a byte-level token; bytes that are no UTF-8 by themselves are written `<0xE2>`, as Gemma writes them. */
function byteLevelText(token: string): string {
  const bytes = [...token].map((character) => BYTE_OF_CHARACTER.get(character));
  if (bytes.includes(undefined)) return token; // an added token such as <|endoftext|> in another alphabet
  try {
    return UTF8.decode(Uint8Array.from(bytes as number[]));
  } catch {
    return (bytes as number[]).map(byteText).join('');
  }
}

function byteText(byte: number): string {
  return byte >= 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
