/** Replaces what was taken out. */
const HIDDEN = '[hidden]';

/** Shorter values would be found inside of words that hide nothing. */
const SHORTEST = 6;

/** Tokens of the platforms that we use, recognised by their form, also when no variable of ours holds them. */
const TOKENS = [
  /\bx(?:ox[a-z](?:\.[a-z]+)?|app)-[\w.-]+/g, // Slack
  /\b[\w-]{23,32}\.[\w-]{6,7}\.[\w-]{27,}/g, // Discord
  /\bhf_\w{8,}/g, // Hugging Face
  /\bsk-[\w-]{16,}/g, // OpenAI-compatible endpoints
  /(?<=\b(?:bearer|basic|bot) )[\w.~+/=-]{8,}/gi, // an Authorization header
];

/** The length of a scheme is bounded because any word of a text may begin one, and the search would take long. */
const ADDRESS = /\b[a-z][a-z0-9+.-]{0,60}:\/\/[^\s"'<>]+/gi;

/** Takes secrets out of texts: given values, and what looks like a token or holds a password. */
export class Redactor {
  private readonly values: string[];

  /** @param values what must never be seen, such as a token; very short ones are left alone */
  constructor(values: Iterable<string>) {
    const all = [...values].flatMap((value) => [value, inAddress(value)]);
    // The longest first: one may be part of another.
    this.values = [...new Set(all)].filter(({ length }) => length >= SHORTEST);
    this.values.sort((a, b) => b.length - a.length);
  }

  /** A redactor that hides these texts as well. */
  hiding(texts: Iterable<string>): Redactor {
    return new Redactor([...this.values, ...texts]);
  }

  text(text: string): string {
    let shown = text;
    for (const value of this.values) shown = shown.replaceAll(value, HIDDEN);
    for (const token of TOKENS) shown = shown.replaceAll(token, HIDDEN);
    return shown.replaceAll(ADDRESS, withoutPassword);
  }

  /** As `text`, but keeps only the server of an address: paths and queries hold tokens, too. */
  strangers(text: string): string {
    return this.text(text.replaceAll(ADDRESS, server));
  }
}

/** A value as it is encoded in an address. */
function inAddress(value: string): string {
  // Half a surrogate pair cannot be encoded.
  return encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, ''));
}

function withoutPassword(address: string): string {
  // Everything before the last @ of the server's part is user name and password.
  return address.replace(/(?<=^[a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `${HIDDEN}@`);
}

function server(address: string): string {
  const [start = address] = withoutPassword(address).match(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i) ?? [];
  return start === address ? address : `${start}/…`;
}
