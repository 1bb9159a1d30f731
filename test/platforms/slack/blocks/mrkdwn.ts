import { isFields } from '../args.js';
import type { Fields } from '../types.js';
import { blockTexts } from './blockText.js';

/** The parts of a message that are read by people: Slack's message, or what an app is about to send. */
export interface Readable {
  text?: string;
  blocks?: readonly Fields[];
  parse?: string;
  link_names?: boolean;
}

interface Source {
  text: string;
  /** Whether bare `@here` counts, which takes link_names, parse, or block text that is not verbatim. */
  names: boolean;
  /** Whether bare addresses become links. */
  addresses: boolean;
}

/** Domains Slack makes links of without a scheme; a token like `word.com` is enough. */
const BARE_DOMAIN = /(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|ai|dev|co|edu|gov|app|me|us|uk|de)\b/gi;
const ADDRESS = /(?:https?:\/\/|mailto:|www\.)[^\s<>|]+/gi;
const EMAIL = /[\w.+-]+@[\w-]+\.[a-z]{2,}/gi;
const BARE_PING = /(?<![\w&])@(?:channel|here|everyone)\b/gi;

/**
 * Everything in text and blocks that would notify somebody: `<@U...>`, `<!channel>`, `<!here>`, `<!everyone>`,
 * `<!subteam^...>`, bare `@here` where Slack reads it so, and rich text's own elements. Code marks protect
 * nothing: Slack resolves angle brackets first. Where Slack's reading is unsure this says it pings.
 */
export function pings(message: Readable): string[] {
  const marked = /<(?:@[UW][A-Z0-9]+|!(?:channel|here|everyone|group)|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>/g;
  const found = sources(message).flatMap(({ text, names }) => [
    ...matches(text, marked),
    ...(names ? matches(text.replace(/<[^<>]*>/g, ' '), BARE_PING) : []),
  ]);
  return [...found, ...richText(message, ['user', 'usergroup', 'broadcast']).map(describe)];
}

/** Everything that would be a link: `<https://...|label>`, bare addresses and domains, mail, rich text. */
export function links(message: Readable): string[] {
  const marked = /<((?:https?:\/\/|mailto:|tel:)[^<>|]+)(?:\|[^<>]*)?>/g;
  const found = sources(message).flatMap(({ text, addresses }) => {
    const bare = text.replace(/<[^<>]*>/g, ' ');
    const rest = bare.replace(ADDRESS, ' ').replace(EMAIL, ' ');
    return [
      ...[...text.matchAll(marked)].map((match) => match[1]!),
      ...(addresses
        ? [...matches(bare, ADDRESS), ...matches(bare, EMAIL), ...matches(rest, BARE_DOMAIN)]
        : []),
    ];
  });
  return [...found, ...richText(message, ['link']).map((element) => String(element.url))];
}

function sources(message: Readable): Source[] {
  const liberal = message.link_names === true || message.parse === 'full' || message.parse === 'client';
  const top = message.text
    ? [{ text: message.text, names: liberal, addresses: message.parse !== 'none' }]
    : [];
  const inBlocks = blockTexts(message.blocks ?? [])
    .filter((text) => text.parsed)
    .map(({ text, verbatim }) => ({ text, names: !verbatim, addresses: !verbatim }));
  return [...top, ...inBlocks];
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[0]);
}

/** Elements of these types inside rich_text blocks, which are never spelled as text. */
function richText(message: Readable, types: readonly string[]): Fields[] {
  const found: Fields[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isFields(value)) return;
    if (types.includes(String(value.type))) found.push(value);
    visit(value.elements);
  };
  visit((message.blocks ?? []).filter((block) => block.type === 'rich_text'));
  return found;
}

function describe(element: Fields): string {
  return String(element.user_id ?? element.usergroup_id ?? element.range);
}
