import { expect, test } from 'vitest';
import type { Fields } from '../types.js';
import { validateBlocks } from './blocks.js';

const section = (text: string): Fields => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (more: Fields = {}): Fields => ({
  type: 'button',
  text: { type: 'plain_text', text: 'more' },
  ...more,
});
const actions = (...elements: Fields[]): Fields => ({ type: 'actions', elements });
const image = (alt_text: string): Fields => ({
  type: 'image',
  image_url: 'https://example.com/a.png',
  alt_text,
});
const header = (text: string): Fields => ({ type: 'header', text: { type: 'plain_text', text } });

test.each<[string, Fields[]]>([
  ['50 blocks', Array.from({ length: 50 }, () => ({ type: 'divider' }))],
  ['a section of 3 000 characters', [section('x'.repeat(3_000))]],
  ['a header of 150 characters', [header('x'.repeat(150))]],
  ['25 buttons', [actions(...Array.from({ length: 25 }, (_, index) => button({ action_id: `b${index}` })))]],
  ['a value of 2 000 characters', [actions(button({ value: 'x'.repeat(2_000) }))]],
  ['an image with alt text', [image('x'.repeat(2_000))]],
  [
    'the same action_id in two blocks',
    [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
  ],
])('%s are taken', (_name, blocks) => {
  expect(validateBlocks(blocks, 'message')).toEqual([]);
});

test.each<[string, Fields[], string]>([
  [
    '51 blocks',
    Array.from({ length: 51 }, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'a section of 3 001 characters',
    [section('x'.repeat(3_001))],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['an empty section', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  [
    'a header of 151 characters',
    [header('x'.repeat(151))],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header in mrkdwn',
    [{ type: 'header', text: { type: 'mrkdwn', text: 'a' } }],
    'must be one of plain_text [json-pointer:/blocks/0/text/type]',
  ],
  [
    '26 buttons',
    [actions(...Array.from({ length: 26 }, () => button()))],
    'must have 1 to 25 items [json-pointer:/blocks/0/elements]',
  ],
  ['no buttons', [actions()], 'must have 1 to 25 items [json-pointer:/blocks/0/elements]'],
  [
    'a button of 76 characters',
    [actions(button({ text: { type: 'plain_text', text: 'x'.repeat(76) } }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a value of 2 001 characters',
    [actions(button({ value: 'x'.repeat(2_001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'an action_id of 256 characters',
    [actions(button({ action_id: 'x'.repeat(256) }))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'one action_id twice in a block',
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    'action_id already exists: a [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'one block_id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'block_id already exists: a [json-pointer:/blocks/1/block_id]',
  ],
  [
    'an image without alt text',
    [{ type: 'image', image_url: 'https://example.com/a.png' }],
    'missing required field: alt_text [json-pointer:/blocks/0]',
  ],
  [
    'alt text of 2 001 characters',
    [image('x'.repeat(2_001))],
    'must be less than 2001 characters [json-pointer:/blocks/0/alt_text]',
  ],
  [
    'an unknown block',
    [{ type: 'carousel3d' }],
    'unsupported type: carousel3d [json-pointer:/blocks/0/type]',
  ],
])('%s are refused', (_name, blocks, complaint) => {
  expect(validateBlocks(blocks, 'message')).toEqual([complaint]);
});
