/** Characters that steer a terminal, end a line for some readers, or turn the reading direction; not the line feed. */
const STEERING = /[\x00-\x09\x0B-\x1F\x7F-\x9F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

/** The text with such characters written as JSON writes them, so that a stranger's text does nothing where a log is read. */
export function escaped(text: string): string {
  return text.replaceAll(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
