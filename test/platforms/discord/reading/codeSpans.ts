/** The text with everything inside code spans and code blocks blanked: nothing there pings or links. */
export function withoutCode(text: string): string {
  let result = '';
  let rest = text;
  for (;;) {
    const open = /`+/.exec(rest);
    if (!open) return result + rest;
    const fence = open[0];
    const start = open.index + fence.length;
    // A span closes at a run of exactly as many backticks; a block at any run of three or more.
    const close = new RegExp(fence.length >= 3 ? '```' : `(?<!\`)\`{${fence.length}}(?!\`)`);
    const end = close.exec(rest.slice(start));
    result += rest.slice(0, open.index);
    if (!end) {
      result += fence;
      rest = rest.slice(start);
      continue;
    }
    result += ' '.repeat(Math.max(1, end.index));
    rest = rest.slice(start + end.index + end[0].length);
  }
}
