/** Slack escapes the three characters of its own markup in everything people type. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Markup a test writes where a person would pick from a menu: `<@U...>`, `<#C...>`, `<!here>`. */
const PICKED = /(<[@#!][^<>]+>)/;
const ADDRESS = /((?:https?:\/\/)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/[^\s<>|]*)?)/gi;
const DOMAINS = /^(?:https?:\/\/|(?:[a-z0-9-]+\.)+(?:com|org|net|io|ai|dev)(?:\/|$))/i;

/**
 * A message as the app reads it: addresses arrive as `<https://...>`, bare domains as `<http://a.org|a.org>`,
 * everything else escaped. A command's text is only escaped.
 */
export function typedText(text: string): string {
  return text
    .split(PICKED)
    .map((part) => (PICKED.test(part) ? part : part.split(ADDRESS).map(linked).join('')))
    .join('');
}

function linked(part: string): string {
  if (!DOMAINS.test(part)) return escapeText(part);
  const escaped = escapeText(part);
  return /^https?:/i.test(part) ? `<${escaped}>` : `<http://${escaped}|${escaped}>`;
}
