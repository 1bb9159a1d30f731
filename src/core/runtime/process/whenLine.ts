import type { Readable } from 'node:stream';

/** A line that never ends is told in pieces of so many characters. */
const LONGEST = 4096;

/** Hears a stream of text line by line. */
export function whenLine(stream: Readable | null, hear: (line: string) => void): void {
  let rest = '';
  const tell = (line: string) => {
    if (line.trim()) hear(line.trimEnd());
  };
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(tell);
    if (rest.length < LONGEST) return;
    tell(rest);
    rest = '';
  });
  stream?.on('end', () => tell(rest));
}
