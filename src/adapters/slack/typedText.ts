import { withoutMarks } from './plainText.js';

/** A link (`<https://…|label>`), mail address or name as Slack writes it into what people typed. */
const MARKED = /<([^<>|]+)(?:\|[^<>]*)?>/g;

/** What a person typed, from Slack's form of it: without mentions of us, markup undone. */
export function typedText(text: string, botUser: string): string {
  const plain = text
    .replaceAll(MARKED, (_, inner: string) => (inner === `@${botUser}` ? ' ' : inner))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    // Slack's clients make typographic quotes of typed ones.
    .replaceAll(/[‘’]/g, "'");
  return withoutMarks(plain).trim();
}

/** The command line of a mention or direct message; people copy the `/` of slash commands into them. */
export function typedLine(text: string, botUser: string): string {
  return typedText(text, botUser).replace(/^\/(?:ghosttree\b)?\s*/, '');
}
