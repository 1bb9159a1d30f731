import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import type { Tokenizer } from '../model/model.js';
import { InputError } from '../report/errors.js';
import { readJson } from './files/checkpoint.js';

const TokenizerFile = z.looseObject({
  model: z.looseObject({ type: z.string(), byte_fallback: z.boolean().nullish() }),
  decoder: z.looseObject({ type: z.string() }).nullish(),
});

/**
 * Loads `tokenizer.json`.
 *
 * @param bos id of the beginning-of-sequence token, from the model's config
 * @throws {InputError} when the file is missing or not a tokenizer that the library can read
 */
export async function loadTokenizer(folder: string, bos: number): Promise<Tokenizer> {
  const file = await readJson(join(folder, 'tokenizer.json'), TokenizerFile);
  let tokenizer: HuggingFaceTokenizer;
  try {
    tokenizer = new HuggingFaceTokenizer(file, {});
  } catch (error) {
    throw new InputError(
      `tokenizer.json in ${folder} cannot be used (${(error as Error).message}): fetch it again.`,
    );
  }
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
