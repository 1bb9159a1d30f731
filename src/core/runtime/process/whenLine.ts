import type { Readable } from 'node:stream';

/** A line without an end is passed on in pieces of so many characters. */
const LONGEST = 4096;

/** Calls `onLine` with every line of a stream of text that is not blank. */
export function whenLine(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  const emit = (line: string) => {
    if (line.trim()) onLine(line.trimEnd());
  };
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(emit);
    if (rest.length < LONGEST) return;
    emit(rest);
    rest = '';
  });
  stream?.on('end', () => emit(rest));
}
