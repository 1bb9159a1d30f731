import fc from 'fast-check';
import { expect, test } from 'vitest';
import { label, plain } from '../../../src/adapters/discord/posting/markdown.js';
import { toPages } from '../../../src/adapters/discord/posting/pages.js';
import { linksInText } from '../../platforms/discord/reading/links.js';

test.each([
  ['@everyone', '\\@everyone'],
  ['<@1> <#2> <t:3> </x:4>', '\\<\\@1\\> \\<#2\\> \\<t\\:3\\> \\<\\/x\\:4\\>'],
  ['*a* _b_ ~c~ `d` |e|', '\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\|e\\|'],
  ['https://example.org/x', 'https\\:\\/\\/example.org\\/x'],
  ['[here](https://example.org)', '\\[here\\](https\\:\\/\\/example.org)'],
  ['discord.gg/x', 'discord.gg\\/x'],
  [':smile: at 10:30', '\\:smile: at 10\\:30'],
  ['# a\n- b\n  + c\n1. d\n-# e\n> f', '\\# a\n\\- b\n  \\+ c\n1\\. d\n\\-# e\n\\> f'],
  ['a\u202Eb\u0000c', 'aU+202EbU+0000c'],
  ['half \uD83D', 'half U+D83D'],
  ['a - b, 4.3%  it’s (c)', 'a - b, 4.3%  it’s (c)'],
])('the text <%s> becomes <%s>', (text, markdown) => {
  expect(plain(text)).toBe(markdown);
});

test('a word of 4 000 characters is cut', () => {
  expect(plain(`a ${'x'.repeat(4000)} b`)).toBe(`a ${'x'.repeat(299)}… b`);
  expect(plain('👻'.repeat(2000))).toBe(`${'👻'.repeat(149)}…`);
});

test('a label is one line', () => {
  expect(label('a\nb  c\u202E', 80)).toBe('a b cU+202E');
  expect(label('abcdef', 4)).toBe('abc…');
});

test('a message is a bold title, text, and a table in a code block', () => {
  const buttons = [{ id: 'ask:1', label: 'Decoder' }];
  expect(toPages({ title: 'A *title*', text: 'one\ntwo', table: '1  a\n2  b', buttons })).toEqual([
    { content: '**A \\*title\\***\none\ntwo\n```\n1  a\n2  b\n```', buttons },
  ]);
});

test('backticks cannot leave a table', () => {
  const [page] = toPages({ text: '', table: '```\n@everyone\n``````' });
  expect(page!.content).toBe('```\n`\u200B`\u200B`\n@everyone\n`\u200B`\u200B`\u200B`\u200B`\u200B`\n```');
});

test('a long table is split at lines, each part in a block of its own, buttons below the last', () => {
  const table = Array.from({ length: 100 }, (_, row) => `${row}  ${'x'.repeat(30)}`).join('\n');
  const buttons = [{ id: 'ask:1', label: 'Decoder' }];
  const pages = toPages({ text: 'List', table, buttons });
  expect(pages.map((page) => page.buttons.length)).toEqual(
    [0, 1].length === pages.length ? [0, 1] : [0, 0, 1],
  );
  for (const { content } of pages) expect(content).toMatch(/^(List\n)?```\n(\d+ {2}x{30}\n)+```$/);
  const lines = pages.flatMap(({ content }) => content.split('\n').filter((line) => line.includes('x')));
  expect(lines.join('\n')).toBe(table);
});

test('a long line is split at words', () => {
  const text = Array.from({ length: 600 }, (_, index) => `word${index}`).join(' ');
  const pages = toPages({ text });
  expect(pages.length).toBeGreaterThan(1);
  expect(
    pages
      .map(({ content }) => content)
      .join(' ')
      .replaceAll('\n', ' '),
  ).toBe(text);
});

test('nothing at all is still a message', () => {
  expect(toPages({ text: ' \n ' })).toEqual([{ content: '…', buttons: [] }]);
});

test('no text makes a message too long, a link, or a fence that stays open', () => {
  const nasty = fc.constantFrom(
    '```',
    '`',
    '\n',
    '@everyone',
    '<@1>',
    'https://a.example/b',
    ' ',
    'x'.repeat(400),
    '\\',
    '[a](',
    '\u202E',
    '👻',
    '|',
    ':',
    '/',
  );
  const text = fc.array(nasty, { maxLength: 60 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, text, (title, body, table) => {
      for (const { content } of toPages({ title, text: body, table })) {
        expect(content.length).toBeLessThanOrEqual(1700);
        expect(content.trim()).not.toBe('');
        // What is escaped is neither code nor link.
        expect(linksInText(content.replaceAll(/\\[^\w\s]/g, ' '))).toEqual([]);
        expect(content).not.toContain('\u202E');
        const fences = content.match(/```/g)?.length ?? 0;
        expect([0, 2]).toContain(fences);
      }
    }),
  );
});

test('the link of a message is the only one in it, without a preview', () => {
  const url = 'https://www.neuronpedia.org/gemma-2b/10-res-jb/777';
  const [page] = toPages({ text: 'see https://evil.example', link: { label: 'Neuronpedia', url } });
  expect(page!.content.split('\n').at(-1)).toBe(`[Neuronpedia](<${url}>)`);
});
