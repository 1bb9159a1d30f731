import { expect, test } from 'vitest';
import { links, pings } from './mrkdwn.js';

const block = (text: string, more = {}) => ({ type: 'section', text: { type: 'mrkdwn', text, ...more } });

test.each([
  ['<!channel>', ['<!channel>']],
  ['a <!here|here> b', ['<!here|here>']],
  ['`<!everyone>` in code', ['<!everyone>']],
  ['<@U0000000A> and <!subteam^S0001|@team>', ['<@U0000000A>', '<!subteam^S0001|@team>']],
  ['&lt;!channel&gt; is only text', []],
  ['<#C0001> is a channel, <!date^1^{date}|then> a date', []],
  ['@channel and ada@here.example', []],
])('%s', (text, expected) => {
  expect(pings({ text })).toEqual(expected);
});

test('a bare @here pings where Slack reads names', () => {
  expect(pings({ text: '@here', link_names: true })).toEqual(['@here']);
  expect(pings({ text: '@here', parse: 'client' })).toEqual(['@here']);
  expect(pings({ blocks: [block('@channel')] })).toEqual(['@channel']);
  expect(pings({ blocks: [block('@channel', { verbatim: true })] })).toEqual([]);
});

test('plain text in blocks pings nobody', () => {
  const plain = { type: 'header', text: { type: 'plain_text', text: '<!channel> https://example.com' } };
  expect(pings({ blocks: [plain] })).toEqual([]);
  expect(links({ blocks: [plain] })).toEqual([]);
});

test('rich text pings and links by its elements', () => {
  const elements = [
    { type: 'text', text: '<!channel>' },
    { type: 'user', user_id: 'U1' },
    { type: 'broadcast', range: 'here' },
    { type: 'link', url: 'https://example.com' },
  ];
  const rich = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
  expect(pings({ blocks: [rich] })).toEqual(['U1', 'here']);
  expect(links({ blocks: [rich] })).toEqual(['https://example.com']);
});

test.each([
  ['<https://example.com|here>', ['https://example.com']],
  ['see https://example.com/a and www.example.com', ['https://example.com/a', 'www.example.com']],
  ['example.com', ['example.com']],
  ['ada@example.com', ['ada@example.com']],
  ['v1.2, blocks.10.hook_resid_post, e.g. this', []],
])('links in %s', (text, expected) => {
  expect(links({ text })).toEqual(expected);
});
