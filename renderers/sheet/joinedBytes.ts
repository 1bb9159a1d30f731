/** Tokens that are single bytes of one character, put together as that character. Pure. */

/** What a tokenizer shows of a byte that is no character by itself. */
const BYTE = /^<0x([0-9A-F]{2})>$/;

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
  if (!text.tokens.some((token) => BYTE.test(token))) return text;
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

/** The character whose bytes begin at an index, and how many tokens they are. */
function characterAt(
  tokens: readonly string[],
  at: number,
): { character: string; length: number } | undefined {
  const first = byteOf(tokens[at]);
  if (first === undefined) return undefined;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  const bytes = tokens.slice(at, at + length).map(byteOf);
  if (length === 0 || bytes.length < length || bytes.includes(undefined)) return undefined;
  try {
    const character = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes as number[]));
    return { character, length };
  } catch {
    return undefined;
  }
}

function byteOf(token = ''): number | undefined {
  const [, digits] = BYTE.exec(token) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
