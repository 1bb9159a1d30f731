import { ComponentType } from '../protocol/numbers.js';
import type { Component, JsonObject, Message } from '../world/records.js';
import { withoutCode } from './codeSpans.js';

/** Something in a message that a reader can click and that leaves Discord. */
export interface Link {
  readonly where: 'content' | 'embed' | 'button';
  /** What the reader sees. */
  readonly text: string;
  readonly url: string;
}

/** Every link of a message: bare and masked ones in texts, embed addresses, link buttons. */
export function links(message: Message): Link[] {
  return [
    ...linksInText(message.content, 'content'),
    ...message.embeds.flatMap(linksInEmbed),
    ...message.components.flatMap(linksInComponent),
  ];
}

/** The links Discord's Markdown makes of a text. */
export function linksInText(text: string, where: Link['where'] = 'content'): Link[] {
  const found: Link[] = [];
  const readable = withoutCode(text).replace(
    /(?<!\\)\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"[^"]*")?\)/gi,
    (_all, label: string, url: string) => {
      found.push({ where, text: label, url });
      return ' ';
    },
  );
  for (const match of readable.matchAll(/https?:\/\/[^\s<>]+[^\s<>.,:;"'\])]/gi)) {
    found.push({ where, text: match[0], url: match[0] });
  }
  return found;
}

function linksInEmbed(embed: JsonObject): Link[] {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const author = embed.author as JsonObject | undefined;
  const fields = (embed.fields ?? []) as JsonObject[];
  const own = [
    { text: text(embed.title), url: text(embed.url) },
    { text: text(author?.name), url: text(author?.url) },
  ];
  return [
    ...own.filter(({ url }) => url !== '').map((link) => ({ where: 'embed' as const, ...link })),
    ...linksInText(text(embed.description), 'embed'),
    ...fields.flatMap((field) => linksInText(text(field.value), 'embed')),
  ];
}

function linksInComponent(component: Component): Link[] {
  if (component.type === ComponentType.Button && component.url !== undefined) {
    return [{ where: 'button', text: component.label ?? '', url: component.url }];
  }
  return (component.components ?? []).flatMap(linksInComponent);
}
