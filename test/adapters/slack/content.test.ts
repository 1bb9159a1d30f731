import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slackContents } from '../../../src/adapters/slack/posting/content.js';
import {
  fallbackText,
  pieces,
  plainText,
  withoutMarks,
} from '../../../src/adapters/slack/posting/plainText.js';
import { typedLine, typedText } from '../../../src/adapters/slack/receiving/typedText.js';
import { validateBlocks } from '../../platforms/slack/blocks/blocks.js';
import { blocksTextLength } from '../../platforms/slack/blocks/blockText.js';
import { LIMITS } from '../../platforms/slack/blocks/limits.js';
import { links, pings } from '../../platforms/slack/blocks/mrkdwn.js';
import type { Fields } from '../../platforms/slack/types.js';
import { shown } from './team.js';

const LONELY_SURROGATE = /\p{Cs}/u;

/** What a model may say. */
const HOSTILE = [
  '<!channel> <!here> <!everyone>',
  '<@U1> <@W2|ada> <!subteam^S1>',
  '@channel @here @everyone',
  '`code` ```block``` *bold* _it_ ~gone~',
  '<https://evil.example/|innocent> https://evil.example www.evil.com evil.com',
  'mailto:a@evil.com tel:1 <mailto:a@evil.com>',
  '&lt;!channel&gt; &amp;',
  ':smile: > quote',
];

describe('text of a stranger', () => {
  test.each(HOSTILE)('%s neither pings, nor links, nor formats', (text) => {
    const contents = slackContents({ title: text, text, table: text, buttons: [{ id: 'b', label: text }] });
    expect(contents).toHaveLength(1);
    const [content] = contents as unknown as [{ text: string; blocks: Fields[] }];
    expect(pings(content)).toEqual([]);
    // Even where Slack would look for names and addresses by itself.
    expect(pings({ text: content.text, parse: 'full', link_names: true })).toEqual([]);
    expect(links({ text: content.text, parse: 'full' })).toEqual([]);
    expect(links(content)).toEqual([]);
    expect(shown(content)).toBe([text, text, text].join('\n'));
  });

  test('marks that turn the reading direction are shown, not obeyed', () => {
    expect(plainText('a\u202Eb\u2066c\u200Bd\u0007e\tf')).toBe('aU+202EbU+2066cU+200BdU+0007e\tf');
  });

  test('right-to-left words stay in their place in the line', () => {
    expect(plainText('  1  0.5  שלום עולם\n  2  0.4  cat')).toBe(
      '\u200E  1  0.5  \u2067שלום עולם\u2069\n  2  0.4  cat',
    );
    expect(withoutMarks(plainText('prompt=سلام 5'))).toBe('prompt=سلام 5');
  });

  test('the fallback is escaped and reads the same', () => {
    expect(fallbackText('a & <b> 0.5')).toBe('a &amp; &lt;b&gt; 0.5');
    expect(withoutMarks(fallbackText('see www.evil.com, @here'))).toBe('see www.evil.com, @here');
  });
});

describe('limits', () => {
  const long = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.repeat(200));

  test('nothing is too long for Slack, and no character is cut', () => {
    fc.assert(
      fc.property(long, long, long, fc.integer({ min: 0, max: 30 }), (title, text, table, count) => {
        const buttons = Array.from({ length: count }, (_, index) => ({
          id: `b${index}`,
          label: text || 'b',
        }));
        const contents = slackContents({ title, text, table, buttons });
        expect(contents.length).toBeLessThanOrEqual(8);
        for (const { text: fallback, blocks } of contents as unknown as {
          text: string;
          blocks: Fields[];
        }[]) {
          expect(validateBlocks(blocks, 'message')).toEqual([]);
          expect(blocksTextLength(blocks)).toBeLessThanOrEqual(LIMITS.messageBlocksText);
          expect(fallback.length).toBeLessThanOrEqual(LIMITS.updateText);
          expect(`${shown({ blocks })}${fallback}`).not.toMatch(LONELY_SURROGATE);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a token of 4 000 characters takes as many blocks as it needs, in one message', () => {
    const [content, ...rest] = slackContents({ text: '𝔘'.repeat(2_000) });
    expect(rest).toEqual([]);
    expect(shown(content as unknown as { blocks: Fields[] }).replaceAll('\n', '')).toBe('𝔘'.repeat(2_000));
  });

  test('a list is cut between its lines, and the buttons come last', () => {
    const table = Array.from({ length: 500 }, (_, index) => `${index}  0.123  token number ${index}`);
    const contents = slackContents({
      text: 'Token list',
      table: table.join('\n'),
      buttons: [{ id: 'ask:1', label: 'Decoder' }],
    });
    expect(contents).toHaveLength(3);
    expect(contents.map(({ blocks }) => blocks.at(-1)!.type)).toEqual(['rich_text', 'rich_text', 'actions']);
    const lines = contents.flatMap((content) =>
      shown(content as unknown as { blocks: Fields[] }).split('\n'),
    );
    expect(lines).toEqual(['Token list', ...table]);
  });

  test('what nobody would read is left out, and said to be', () => {
    const contents = slackContents({ text: 'x'.repeat(100_000) });
    expect(contents).toHaveLength(8);
    expect(shown(contents[7] as unknown as { blocks: Fields[] })).toMatch(/too long for Slack\.$/);
  });

  test('pieces keep whole characters and lines', () => {
    expect(pieces('ab\ncd\nef', 5)).toEqual(['ab\ncd', 'ef']);
    expect(pieces('a😀b', 2)).toEqual(['a', '😀', 'b']);
    expect(pieces('', 5)).toEqual([]);
  });
});

describe('what people type', () => {
  test.each([
    ['<@UBOT> scale=5', 'scale=5'],
    ['  <@UBOT|ghosttree>   /feature 10 777', 'feature 10 777'],
    ['<@UBOT> /ghosttree models', 'models'],
    ['<@UBOT>', ''],
    [
      '<https://www.neuronpedia.org/gemma-2b/10-res-jb/777>',
      'https://www.neuronpedia.org/gemma-2b/10-res-jb/777',
    ],
    ['0 7 prompt="see <http://word.com|word.com> {ghost}"', '0 7 prompt="see word.com {ghost}"'],
    ['0 7 prompt=&lt;b&gt;{ghost}&amp;lt;', '0 7 prompt=<b>{ghost}&lt;'],
    ['0 7 prompt=‘{ghost} is’', "0 7 prompt='{ghost} is'"],
  ])('%s is read as %s', (text, line) => {
    expect(typedLine(text, 'UBOT')).toBe(line);
  });

  test('mentions of others stay', () => {
    expect(typedText('<@UBOT> ask <@U2>', 'UBOT')).toBe('ask @U2');
  });
});

test('the link of a message is the only one in it', () => {
  const url = 'https://www.neuronpedia.org/gemma-2b/10-res-jb/777';
  const [message] = slackContents({ text: 'see https://evil.example', link: { label: 'Neuronpedia', url } });
  expect(links(message as unknown as Fields)).toEqual([url]);
});
