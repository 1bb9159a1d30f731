import { isFields, objects } from '../args.js';
import type { Fields } from '../types.js';

export type Complain = (what: string, pointer: string) => void;

/** A text object: `plain` where Slack takes plain_text only. Empty text is refused like overlong text. */
export function checkText(
  value: unknown,
  pointer: string,
  most: number,
  complain: Complain,
  kind: 'any' | 'plain' = 'any',
): void {
  if (!isFields(value)) {
    complain('missing required field: text', pointer);
    return;
  }
  const types = kind === 'plain' ? ['plain_text'] : ['plain_text', 'mrkdwn'];
  if (!types.includes(String(value.type))) {
    complain(`must be one of ${types.join(', ')}`, `${pointer}/type`);
    return;
  }
  if (typeof value.text !== 'string') {
    complain('missing required field: text', pointer);
    return;
  }
  if (value.text.length === 0) complain('must be more than 0 characters', `${pointer}/text`);
  if (value.text.length > most) complain(`must be less than ${most + 1} characters`, `${pointer}/text`);
}

/** A text inside blocks with what Slack makes of it: mrkdwn is parsed, plain text is not. */
export interface BlockText {
  text: string;
  parsed: boolean;
  /** With `verbatim` bare addresses and names stay text. */
  verbatim: boolean;
}

/** Every text object in blocks, wherever it stands; rich text is told apart by its caller. */
export function blockTexts(blocks: readonly Fields[]): BlockText[] {
  const found: BlockText[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isFields(value)) return;
    if (value.type === 'markdown' && typeof value.text === 'string') {
      found.push({ text: value.text, parsed: true, verbatim: false });
    } else if ((value.type === 'mrkdwn' || value.type === 'plain_text') && typeof value.text === 'string') {
      const parsed = value.type === 'mrkdwn';
      found.push({ text: value.text, parsed, verbatim: value.verbatim === true });
    } else {
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  for (const block of blocks) visit(block);
  return found;
}

/** Text of all blocks together, which msg_blocks_too_long counts. */
export function blocksTextLength(blocks: readonly Fields[]): number {
  let length = 0;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (isFields(value)) {
      if (typeof value.text === 'string') length += value.text.length;
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  for (const block of objects(blocks)) visit(block);
  return length;
}
