import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformNumbers } from '../../src/core/maths/random.js';

const LETTERS = [
  ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?\'"()[]{}<>/-_+=*&^%$#@~`|\\▁\n\t',
];

/**
 * Writes a tokenizer.json of Gemma's kind and size: BPE with byte fallback whose tokens are random merges, unless
 * it is there.
 *
 * @param size number of tokens
 */
export async function writeTokenizer(folder: string, size: number): Promise<void> {
  const file = join(folder, 'tokenizer.json');
  if (existsSync(file)) return;
  const special = ['<pad>', '<eos>', '<bos>', '<unk>'];
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const tokens = [...special, ...bytes, ...LETTERS];
  const known = new Set(tokens);
  const parts = [...LETTERS];
  const merges: [string, string][] = [];
  const uniform = uniformNumbers(5);
  while (tokens.length < size) {
    const pick = () => parts[Math.floor(uniform() * parts.length)]!;
    const [left, right] = [pick(), pick()];
    const token = left + right;
    if (known.has(token) || token.length > 12) continue;
    known.add(token);
    tokens.push(token);
    parts.push(token);
    merges.push([left, right]);
  }
  const added = special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  await writeFile(
    file,
    JSON.stringify({
      version: '1.0',
      added_tokens: added,
      normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      pre_tokenizer: null,
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
        ],
      },
      model: {
        type: 'BPE',
        unk_token: '<unk>',
        fuse_unk: true,
        byte_fallback: true,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges,
      },
    }),
  );
}
