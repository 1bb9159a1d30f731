import { isTooLong } from '../../../../commands/line/grammar.js';
import { withoutMarks } from '../posting/plainText.js';

/** A link (`<https://…|label>`), mail address or name as Slack writes it into what people typed. */
const MARKED = /<([^<>|]+)(?:\|([^<>]*))?>/g;

/** What a person typed, from Slack's form of it: without mentions of us, markup undone. What is too long stays unread. */
export function typedText(text: string, botUser: string): string {
  if (isTooLong(text)) return text;
  const plain = text
    .replaceAll(MARKED, (_, target: string, label?: string) => {
      if (target === `@${botUser}`) return ' ';
      // Slack makes a link of "word.com"; the label is what was typed.
      return label && target.endsWith(label) ? label : target;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    // Slack's clients make typographic quotes of typed ones.
    .replaceAll(/[‘’]/g, "'");
  return withoutMarks(plain).trim();
}

/** The command line of a mention or direct message; people copy the `/` of slash commands into them. */
export function typedLine(text: string, botUser: string): string {
  const typed = typedText(text, botUser);
  return isTooLong(typed) ? typed : typed.replace(/^\/(?:ghosttree\b)?\s*/, '');
}
