/** Tokens that are single bytes of one character, put together as that character. Pure. */

/** What a tokenizer shows of bytes that are no character by themselves: a token of them, and one of its bytes. */
const BYTES = /^( ?)((?:<0x[0-9A-F]{2}>)+)$/;
const BYTE = /<0x([0-9A-F]{2})>/g;
/** A character has four bytes at most. */
const MOST_TOKENS = 4;

interface Text {
  tokens: readonly string[];
  activations: readonly number[];
  peak: number | null;
}

/**
 * A character whose bytes are tokens becomes one token, as active as the most active of them; bytes that make no
 * character stay as they are.
 */
export function joinedBytes<Shown extends Text>(text: Shown): Shown {
  if (!text.tokens.some((token) => BYTES.test(token))) return text;
  const tokens: string[] = [];
  const activations: number[] = [];
  let { peak } = text;
  for (let at = 0; at < text.tokens.length; ) {
    const joined = characterAt(text.tokens, at);
    const length = joined?.length ?? 1;
    if (text.peak !== null && text.peak >= at && text.peak < at + length) peak = tokens.length;
    tokens.push(joined?.character ?? text.tokens[at]!);
    activations.push(Math.max(...text.activations.slice(at, at + length), 0));
    at += length;
  }
  return { ...text, tokens, activations, peak };
}

/** The characters whose bytes begin at an index, and how many tokens they are. */
function characterAt(
  tokens: readonly string[],
  at: number,
): { character: string; length: number } | undefined {
  const bytes: number[] = [];
  for (let length = 1; length <= MOST_TOKENS; length++) {
    const [, space = '', marks = ''] = BYTES.exec(tokens[at + length - 1] ?? '') ?? [];
    if (marks === '' || (length > 1 && space !== '')) return undefined;
    bytes.push(...[...marks.matchAll(BYTE)].map(([, digits]) => Number.parseInt(digits!, 16)));
    const character = decoded(bytes);
    if (character === undefined) continue;
    const [, before = ''] = BYTES.exec(tokens[at]!)!;
    return { character: `${before}${character}`, length };
  }
  return undefined;
}

function decoded(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
