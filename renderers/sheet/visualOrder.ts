/** Which order the runs of a line are drawn in: text that runs from right to left does so over all its words. Pure. */
import { isRightToLeft } from './fontRuns.js';

/** Letters and digits that run from left to right. */
const LEFT_TO_RIGHT = /[\p{L}\p{N}]/u;

interface Run {
  text: string;
}

/**
 * Runs in the order in which they stand from left to right. Words of a right-to-left script and what lies between them
 * change places; a line of left-to-right text stays as it is.
 */
export function visualOrder<Part extends Run>(runs: readonly Part[]): readonly Part[] {
  if (!runs.some(({ text }) => isRightToLeft(text))) return runs;
  const ordered: Part[] = [];
  for (let at = 0; at < runs.length; ) {
    if (!isRightToLeft(runs[at]!.text)) {
      ordered.push(runs[at++]!);
      continue;
    }
    let end = at + 1;
    for (let next = end; next < runs.length && !isLeftToRight(runs[next]!); next++)
      if (isRightToLeft(runs[next]!.text)) end = next + 1;
    ordered.push(...runs.slice(at, end).reverse());
    at = end;
  }
  return ordered;
}

function isLeftToRight({ text }: Run): boolean {
  return !isRightToLeft(text) && LEFT_TO_RIGHT.test(text);
}
