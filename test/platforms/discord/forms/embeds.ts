import { LIMITS } from '../protocol/limits.js';
import type { JsonObject } from '../world/records.js';
import type { Form } from './form.js';

const IMAGE_SCHEMES = ['http:', 'https:', 'attachment:'];

/** The embeds of a message, each within its limits and all together within 6 000 characters. */
export function readEmbeds(form: Form): JsonObject[] | undefined {
  const embeds = form.list('embeds', { max: LIMITS.embeds }, readEmbed);
  const total = (embeds ?? []).reduce((sum, embed) => sum + lengthOf(embed), 0);
  if (total > LIMITS.embedTotal) {
    form.problem(
      ['embeds'],
      'MAX_EMBED_SIZE_EXCEEDED',
      `Embed size exceeds maximum size of ${LIMITS.embedTotal}`,
    );
  }
  return embeds?.filter((embed) => Object.keys(embed).length > 1);
}

function readEmbed(form: Form): JsonObject {
  const image = (child: Form) => ({ url: child.url('url', IMAGE_SCHEMES, true) });
  return present({
    type: 'rich',
    title: form.string('title', { max: LIMITS.embedTitle }),
    description: form.string('description', { max: LIMITS.embedDescription }),
    url: form.url('url'),
    color: form.integer('color', { min: 0, max: 0xffffff }),
    timestamp: form.string('timestamp'),
    footer: form.child('footer', (footer) =>
      present({ text: footer.string('text', { min: 1, max: LIMITS.footer, required: true }) }),
    ),
    author: form.child('author', (author) =>
      present({
        name: author.string('name', { min: 1, max: LIMITS.author, required: true }),
        url: author.url('url'),
      }),
    ),
    image: form.child('image', image),
    thumbnail: form.child('thumbnail', image),
    fields: form.list('fields', { max: LIMITS.embedFields }, (field) =>
      present({
        name: field.string('name', { min: 1, max: LIMITS.fieldName, required: true }),
        value: field.string('value', { min: 1, max: LIMITS.fieldValue, required: true }),
        inline: field.boolean('inline') ?? false,
      }),
    ),
  });
}

/** What counts for the total: title, description, field names and values, footer and author. */
function lengthOf(embed: JsonObject): number {
  const footer = embed.footer as JsonObject | undefined;
  const author = embed.author as JsonObject | undefined;
  const fields = (embed.fields ?? []) as JsonObject[];
  const texts = [
    embed.title,
    embed.description,
    footer?.text,
    author?.name,
    ...fields.flatMap((field) => [field.name, field.value]),
  ];
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

/** The object without its undefined fields. */
export function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
