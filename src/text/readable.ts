import { visibleToken } from './visibleToken.js';

/** A text on one line: spaces stay spaces, everything unseen becomes visible. */
export function readable(text: string): string {
  return text
    .split(' ')
    .map((word) => (word === '' ? '' : visibleToken(word)))
    .join(' ');
}
